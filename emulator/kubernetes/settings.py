"""The configuration of the `kubernetes` provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.kubernetes import connection
from emulator.kubernetes.connection import InvalidKubeconfig
from emulator.plugins.provider import Diff, Failure, Properties
from emulator.plugins.values import UNKNOWN, differences, has_unknown

_FLAGS = {
    "deleteUnreachable": "delete_unreachable",
    "skipUpdateUnreachable": "skip_update_unreachable",
    "enableConfigMapMutable": "config_map_mutable",
    "enableSecretMutable": "secret_mutable",
    "enablePatchForce": "patch_force",
    "upsertExistingObjects": "upsert",
}
_KNOWN = {
    "kubeconfig", "context", "cluster", "clusterIdentifier", "namespace", "enableServerSideApply",
    "suppressDeprecationWarnings", "suppressHelmHookWarnings", "version", *_FLAGS,
}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """How the provider works with objects."""

    namespace: str = "default"
    delete_unreachable: bool = False
    skip_update_unreachable: bool = False
    config_map_mutable: bool = False
    secret_mutable: bool = False
    patch_force: bool = False
    upsert: bool = False


def of(config: Properties) -> Settings:
    """The settings from the provider's configuration."""
    flags = {field: config.get(key) in (True, "true") for key, field in _FLAGS.items()}
    return Settings(namespace=str(config.get("namespace") or "default"), **flags)


def check(config: Properties) -> list[Failure]:
    """What is wrong with the configuration. A kubeconfig that is not known yet is fine."""
    failures = [
        Failure(key, f"the emulated kubernetes provider does not support {key!r}; it knows {', '.join(sorted(_KNOWN))}")
        for key in sorted(config.keys() - _KNOWN)
    ]
    if config.get("enableServerSideApply") in (False, "false"):
        failures.append(Failure("enableServerSideApply", "the emulator applies server-side only; remove the setting"))
    kubeconfig = config.get("kubeconfig")
    if not kubeconfig:
        failures.append(Failure("kubeconfig", "it is required: the emulator never uses the kubeconfig of your machine"))
    elif not has_unknown(kubeconfig):
        try:
            connection.cluster_of(connection.parse(kubeconfig), str(config.get("context") or ""))
        except InvalidKubeconfig as error:
            failures.append(Failure("kubeconfig", str(error)))
    return failures


def diff(old: Properties, new: Properties) -> Diff:
    """A provider of another cluster replaces every object; `clusterIdentifier` says which cluster it is.

    Without it the clusters of the kubeconfigs are compared, and one that is not known counts as another.
    """
    changes = differences(old, new)
    if new.get("clusterIdentifier") or old.get("clusterIdentifier"):
        replaces = {"clusterIdentifier"} & changes.keys()
        return Diff(changes, frozenset(replaces))
    before, after = _cluster(old), _cluster(new)
    moved = UNKNOWN in (before, after) or before != after
    replaced = {path for path in changes if path.startswith("kubeconfig")} if moved else set[str]()
    return Diff(changes, frozenset(replaced))


def _cluster(config: Mapping[str, Any]) -> Any:
    kubeconfig = config.get("kubeconfig")
    if not kubeconfig or has_unknown(kubeconfig):
        return UNKNOWN if kubeconfig else None
    try:
        return connection.cluster_of(connection.parse(kubeconfig), str(config.get("context") or ""))
    except InvalidKubeconfig:
        return None
