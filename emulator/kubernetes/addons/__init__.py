"""Stand-ins for EKS add-ons: workloads like those of the real add-ons, without their programs."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from emulator import clock
from emulator.contract import AddonDegraded, InvalidConfiguration
from emulator.kubernetes import control_plane, readiness
from emulator.kubernetes.addons import cloudwatch, coredns, ebs_csi, kube_proxy, metrics_server, vpc_cni
from emulator.kubernetes.addons.addon import Addon, Settings
from emulator.kubernetes.api import Api, Object
from emulator.plugins.provider import Call

ADDONS: dict[str, Addon] = {
    addon.name: addon
    for addon in (
        vpc_cni.ADDON, kube_proxy.ADDON, coredns.ADDON, ebs_csi.ADDON, metrics_server.ADDON, cloudwatch.ADDON,
    )
}  # fmt: skip

_MANAGER = "eks"
_WORKLOADS = {"Deployment", "DaemonSet"}
_ACTIVE_SECONDS = 20 * 60


@dataclass(frozen=True)
class _Installed:
    api: Api
    addon: Addon
    settings: Settings

    @property
    def objects(self) -> list[Object]:
        return self.addon.render(self.settings)


def validate(addon_name: str, configuration: Mapping[str, Any]) -> None:
    """Check an add-on's name and the keys of its configuration.

    Raises:
        InvalidConfiguration: The emulator has no such add-on, or the add-on has no such key.
    """
    if addon_name not in ADDONS:
        raise InvalidConfiguration(
            f"InvalidParameterException: Addon {addon_name} specified is not supported by the emulator; it has "
            f"{', '.join(sorted(ADDONS))}"
        )
    unknown = sorted(configuration.keys() - ADDONS[addon_name].keys)
    if unknown:
        raise InvalidConfiguration(
            f"InvalidParameterException: ConfigurationValue provided in request is not supported: {addon_name} has no "
            f"key {', '.join(unknown)}; it has {', '.join(sorted(ADDONS[addon_name].keys))}"
        )


def install(
    cluster: str, addon_name: str, role_arn: str, configuration: Mapping[str, Any], call: Call | None = None
) -> None:
    """Install an add-on, or update its configuration, and wait until its workloads are ready.

    Args:
        cluster: Name of the EKS cluster.
        addon_name: Name of the add-on, such as `vpc-cni`.
        role_arn: IAM role of its service account; empty if it has none.
        configuration: The add-on's configuration values, parsed.
        call: The provider's call, whose timeout replaces the 20 minutes and whose cancellation ends the wait.

    Raises:
        AddonDegraded: The workloads were not ready within 20 (emulated) minutes, or the call was cancelled.
        InvalidConfiguration: The add-on or a configuration key does not exist.
    """
    validate(addon_name, configuration)
    api = control_plane.client(cluster)
    settings = Settings(cluster, role_arn, configuration)
    objects = ADDONS[addon_name].render(settings)
    # API services come last: the API server checks a new one at once, and again only seconds later.
    added = [target for target in objects if target["kind"] == "APIService"]
    for target in [each for each in objects if each not in added]:
        api.apply(target, _MANAGER, force=True)
    call = call or Call()
    give_up = clock.deadline(call.timeout or _ACTIVE_SECONDS)
    while found := list(_issues(api, objects)):
        if clock.passed(give_up) or call.cancelled():
            raise AddonDegraded("; ".join(found))
        time.sleep(0.25)
    for target in added:
        api.apply(target, _MANAGER, force=True)


def remove(cluster: str, addon_name: str) -> None:
    """Delete the add-on's objects. It is no error if they do not exist."""
    api = control_plane.client(cluster)
    settings = Settings(cluster, "", {})
    for target in reversed(ADDONS[addon_name].render(settings)):
        api.delete(target)


def issues(cluster: str, addon_name: str, configuration: Mapping[str, Any]) -> list[str]:
    """Return what keeps an installed add-on's workloads from being ready, without the state of the pods."""
    objects = ADDONS[addon_name].render(Settings(cluster, "", configuration))
    return [issue.partition("; ")[0] for issue in _issues(control_plane.client(cluster), objects)]


def _issues(api: Api, objects: Iterable[Object]) -> Iterator[str]:
    for target in objects:
        if target["kind"] in _WORKLOADS and (issue := _issue(api, target)):
            yield issue


def _issue(api: Api, target: Object) -> str:
    metadata = target["metadata"]
    live = api.get(target["apiVersion"], target["kind"], metadata["namespace"], metadata["name"])
    if live is None:
        return f"K8sResourceNotFound: {target['kind']} {metadata['name']} is missing"
    progress = readiness.of(live)
    if progress.ready:
        return ""
    if not api.list("v1", "Node"):
        return (
            "InsufficientNumberOfReplicas: The add-on is unhealthy because all deployments have all pods unscheduled "
            "no nodes available to schedule pods"
        )
    # EKS reports only the first part; the state of the pods is added to explain it.
    return "; ".join(
        [f"InsufficientNumberOfReplicas: {readiness.describe(live)}: {progress.message}", *readiness.details(api, live)]
    )
