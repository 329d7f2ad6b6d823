"""Values of AWS Secrets Manager as Kubernetes Secrets."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.addons.external_secrets import STORE_NAME
from components.data.credentials import SecretReference

_REFRESH = "1h"


@dataclass(frozen=True)
class ExternalSecretArgs:
    """Inputs of `ExternalSecret`."""

    namespace: pulumi.Input[str]
    secret_name: str
    """The ExternalSecret's; the Secret's starts with it."""
    source: SecretReference
    keys: Mapping[str, str]
    """Properties of the source by key in the Secret."""
    after: Sequence[pulumi.Resource]
    """The store, and what lets the operator read the source. Both are needed again to go."""


class ExternalSecret(pulumi.ComponentResource):
    """Creates an ExternalSecret, pinned to the version of its source if the program knows it.

    The Secret's name then carries the version: pods that name it start with exactly this one, or not at all.
    """

    target: pulumi.Output[str]
    """The Secret's name. Known once the Secret is there."""

    def __init__(self, name: str, args: ExternalSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:addons:ExternalSecret", name, {}, opts)
        version = pulumi.Output.from_input(args.source.version_id)
        target = version.apply(lambda known: _target_name(args.secret_name, known))
        created = kubernetes.apiextensions.CustomResource(
            f"{name}-external-secret",
            api_version="external-secrets.io/v1",
            kind="ExternalSecret",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=args.secret_name,
                namespace=args.namespace,
                annotations={"pulumi.com/waitFor": target.apply(_synced)},
            ),
            spec={
                "refreshInterval": _REFRESH,
                "secretStoreRef": {"kind": "ClusterSecretStore", "name": STORE_NAME},
                "target": {"name": target},
                "data": version.apply(
                    lambda known: [
                        {"secretKey": key, "remoteRef": _remote(args.source, value, known)}
                        for key, value in sorted(args.keys.items())
                    ]
                ),
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.after)),
        )
        self.target = pulumi.Output.all(target, created.id).apply(lambda known: known[0])
        self.register_outputs({"target": self.target})


def _target_name(secret_name: str, version: str) -> str:
    # Version ids of one provider may all start alike: only the whole of one tells it from another.
    return f"{secret_name}-{hashlib.sha256(version.encode()).hexdigest()[:10]}" if version else secret_name


def _remote(source: SecretReference, prop: str, version: str) -> dict[str, str]:
    pinned = {"version": f"uuid/{version}"} if version else {}
    return {"key": source.secret_name, "property": prop, **pinned}


def _synced(target: str) -> str:
    # Ready alone may still speak of the version before.
    return f'["jsonpath={{.status.binding.name}}={target}", "condition=Ready"]'
