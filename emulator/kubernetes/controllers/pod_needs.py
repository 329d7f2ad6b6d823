"""Checks what a kubelet needs to start a pod: its images, and the Secrets and ConfigMaps that it references."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from emulator.kubernetes.api import Object

_PRIVATE_REGISTRY = re.compile(r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/")
_FIELDS = {
    "secretKeyRef": "Secret",
    "configMapKeyRef": "ConfigMap",
    "secretRef": "Secret",
    "configMapRef": "ConfigMap",
}
_Lookup = Callable[[str, str], Object | None]


@dataclass(frozen=True)
class Obstacle:
    """Describes why a pod cannot start: the state in which its containers wait, and the kubelet's event."""

    state: str
    reason: str
    message: str


def containers(pod: Object) -> list[Object]:
    """Return all containers of the pod in the order in which they start."""
    return [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]


def missing_images(pod: Object, pushed: Callable[[str], bool]) -> list[Obstacle]:
    """Return an obstacle for each of the pod's images in private ECR registries that was never pushed."""
    missing = sorted(image for image in private_images(pod) if not pushed(image))
    text = 'Failed to pull image "{0}": rpc error: code = NotFound desc = failed to pull {0}: not found'
    return [Obstacle("ImagePullBackOff", "Failed", text.format(image)) for image in missing]


def private_images(pod: Object) -> set[str]:
    """Return the pod's images that come from private ECR registries."""
    return {container["image"] for container in containers(pod) if _PRIVATE_REGISTRY.match(container["image"])}


def missing_configuration(pod: Object, lookup: _Lookup) -> list[Obstacle]:
    """Return an obstacle for each Secret, ConfigMap or key of them that the pod needs and `lookup` does not find."""
    namespace = pod["metadata"]["namespace"]
    obstacles: list[Obstacle] = []
    for kind, name, key in _references(pod):
        found = lookup(kind, name)
        if found is None:
            message = f'Error: {kind.lower()} "{name}" not found'
            obstacles.append(Obstacle("CreateContainerConfigError", "Failed", message))
        elif key and key not in {*found.get("data", {}), *found.get("binaryData", {})}:
            message = f"Error: couldn't find key {key} in {kind} {namespace}/{name}"
            obstacles.append(Obstacle("CreateContainerConfigError", "Failed", message))
    for volume in pod["spec"].get("volumes", []):
        for kind, field, name_field in (("Secret", "secret", "secretName"), ("ConfigMap", "configMap", "name")):
            source = volume.get(field)
            if source and not source.get("optional") and lookup(kind, source[name_field]) is None:
                missing = f'{kind.lower()} "{source[name_field]}" not found'
                message = f'MountVolume.SetUp failed for volume "{volume["name"]}": {missing}'
                obstacles.append(Obstacle("ContainerCreating", "FailedMount", message))
    return obstacles


def _references(pod: Object) -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and key of what the containers' environment references; the key is empty for all keys."""
    for container in containers(pod):
        sources = [variable["valueFrom"] for variable in container.get("env", []) if "valueFrom" in variable]
        for source in [*sources, *container.get("envFrom", [])]:
            for field, kind in _FIELDS.items():
                reference: dict[str, Any] = source.get(field) or {}
                if reference and not reference.get("optional"):
                    yield kind, reference["name"], reference.get("key", "")
