"""What an EKS add-on is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.kubernetes.api import Object

NAMESPACE = "kube-system"


@dataclass(frozen=True)
class Settings:
    """How an add-on is to be installed.

    Attributes:
        role_arn: Empty without an IAM role for its service account.
    """

    cluster: str
    role_arn: str
    configuration: Mapping[str, Any]

    def resources(self, requests: Mapping[str, str], limits: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The configured `resources`, or the add-on's own."""
        own = {"requests": dict(requests)} | ({"limits": dict(limits)} if limits else {})
        return dict(self.configuration.get("resources") or own)


@dataclass(frozen=True)
class Addon:
    """An add-on: its name, the configuration keys of its schema, and the objects that it consists of."""

    name: str
    keys: frozenset[str]
    render: Callable[[Settings], list[Object]]


def labels(name: str) -> dict[str, str]:
    """The labels that select an add-on's pods."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/managed-by": "EKS"}


def image(name: str) -> str:
    """An image name for show: AWS's own registries are not part of the emulated account."""
    return f"eks.emulated/{name}"
