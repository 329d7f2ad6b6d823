"""The model of an EKS add-on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.kubernetes.api import Object

NAMESPACE = "kube-system"


@dataclass(frozen=True)
class Settings:
    """Describes how an add-on is to be installed.

    Attributes:
        cluster: Name of the EKS cluster.
        role_arn: IAM role of its service account; empty if it has none.
        configuration: The add-on's configuration values, parsed.
    """

    cluster: str
    role_arn: str
    configuration: Mapping[str, Any]

    def resources(self, requests: Mapping[str, str], limits: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Return the configured `resources`, or these defaults of the add-on."""
        own = {"requests": dict(requests)} | ({"limits": dict(limits)} if limits else {})
        return dict(self.configuration.get("resources") or own)


@dataclass(frozen=True)
class Addon:
    """Describes an add-on: its name, the configuration keys of its schema, and a function that renders its objects."""

    name: str
    keys: frozenset[str]
    render: Callable[[Settings], list[Object]]


def labels(name: str) -> dict[str, str]:
    """Return the labels that select an add-on's pods."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/managed-by": "EKS"}


def image(name: str) -> str:
    """Return a fictitious image name, as AWS's own registries are not part of the emulated account."""
    return f"eks.emulated/{name}"
