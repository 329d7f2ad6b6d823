"""Kubernetes Secrets with values of AWS Secrets Manager."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.addons.external_secrets import STORE_NAME
from components.data.credentials import NamedSecret, SecretReference, StoredSecret
from components.iam.identity import ServiceAccountRole

_REFRESH = "1h"


@dataclass(frozen=True)
class SecretStore:
    """The ClusterSecretStore that ExternalSecrets read through."""

    resource: pulumi.Resource
    """It is ready. ExternalSecrets need it until they are deleted, as their finalizers are the operator's."""
    role: ServiceAccountRole
    """The operator's role, to which each ExternalSecret grants what it reads."""


@dataclass(frozen=True)
class ExternalSecretArgs:
    """Inputs of `ExternalSecret`."""

    namespace: pulumi.Input[str]
    secret_name: str
    """The ExternalSecret's name; the Secret's name starts with it."""
    source: StoredSecret | NamedSecret
    keys: Mapping[str, str]
    """Properties of the source, by key in the Secret."""
    store: SecretStore
    depends_on: Sequence[pulumi.Resource] = ()
    """Resources that the ExternalSecret needs besides the store, such as its namespace."""


class ExternalSecret(pulumi.ComponentResource):
    """Creates an ExternalSecret and the operator's permission to read its source.

    It is pinned to the version of its source, if the program knows the version. The Secret's name then carries the
    version: pods that name it start with exactly this one, or not at all.
    """

    target: pulumi.Output[str]
    """The Secret's name, known once the Secret exists."""

    def __init__(self, name: str, args: ExternalSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:addons:ExternalSecret", name, {}, opts)
        source = args.source.reference
        readable = args.store.role.allow(args.source.read())
        version = pulumi.Output.from_input(source.version_id)
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
                        {"secretKey": key, "remoteRef": _remote(source, value, known)}
                        for key, value in sorted(args.keys.items())
                    ]
                ),
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.store.resource, readable, *args.depends_on]),
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
