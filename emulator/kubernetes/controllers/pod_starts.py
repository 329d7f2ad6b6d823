"""What a kubelet needs before it can start a pod: its images, and the Secrets and ConfigMaps that it names."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import program_starts
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.manifests import START_ANNOTATION as ANNOTATION

"""Type of the stored objects that stand for pushed images; the id is the image's full name with its tag or digest."""

_ALLOWED = "allowed"
_PRIVATE_REGISTRY = re.compile(r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/")
_Lookup = Callable[[str, str], Object | None]


@dataclass(frozen=True)
class Obstacle:
    """Why a pod cannot start: the state that its containers wait in, and the event that the kubelet would record."""

    state: str
    reason: str
    message: str


def reconcile(context: Context) -> None:
    """Tell the scheduled pods that need something whether it is there; `stages/pods.yaml` acts on it."""
    for pod in context.api.list("v1", "Pod", fieldSelector="status.phase=Pending"):
        if not pod["spec"].get("nodeName") or pod["metadata"].get("deletionTimestamp"):
            continue
        namespace = pod["metadata"]["namespace"]
        obstacles = [
            *missing_images(pod, context.aws.has_image),
            *missing_configuration(pod, lambda kind, name, space=namespace: context.api.get("v1", kind, space, name)),
        ]
        if not obstacles:
            obstacles = list(_failures(context, pod))
        state = obstacles[0].state if obstacles else _ALLOWED
        known = pod["metadata"].get("annotations", {}).get(ANNOTATION)
        if known == state:
            continue
        for obstacle in obstacles:
            context.event(pod, "Warning", obstacle.reason, obstacle.message, component="kubelet")
        if not obstacles and _needs_something(pod):
            for reason, message in _starting(pod):
                context.event(pod, "Normal", reason, message, component="kubelet")
        if known is not None or obstacles or _needs_something(pod):
            context.api.patch(pod, {"metadata": {"annotations": {ANNOTATION: state}}})


def _starting(pod: Object) -> Iterator[tuple[str, str]]:
    """What a kubelet tells of each container that starts."""
    for container in _containers(pod):
        yield "Pulled", f'Container image "{container["image"]}" already present on machine'
        yield "Started", f"Started container {container['name']}"


def _failures(context: Context, pod: Object) -> Iterator[Obstacle]:
    """What the pod's program does that could start, and yet does not serve."""
    last_words = program_starts.crash(context, pod)
    if last_words:
        container = pod["spec"]["containers"][0]["name"]
        message = f"Back-off restarting failed container {container}: {last_words}"
        yield Obstacle("CrashLoopBackOff", "BackOff", message)
    reason = program_starts.unready(context, pod)
    if reason:
        yield Obstacle("NotReady", "Unhealthy", reason)


def missing_images(pod: Object, pushed: Callable[[str], bool]) -> list[Obstacle]:
    """The pod's images in private ECR registries that nobody pushed."""
    missing = sorted(image for image in private_images(pod) if not pushed(image))
    text = 'Failed to pull image "{0}": rpc error: code = NotFound desc = failed to pull {0}: not found'
    return [Obstacle("ImagePullBackOff", "Failed", text.format(image)) for image in missing]


def private_images(pod: Object) -> set[str]:
    """The pod's images that come from private ECR registries."""
    return {container["image"] for container in _containers(pod) if _PRIVATE_REGISTRY.match(container["image"])}


def missing_configuration(pod: Object, lookup: _Lookup) -> list[Obstacle]:
    """Secrets and ConfigMaps, or keys of them, that the pod needs and `lookup(kind, name)` does not find."""
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
    """Kind, name and key (empty: all) of what the containers' environment needs."""
    for container in _containers(pod):
        sources = [variable["valueFrom"] for variable in container.get("env", []) if "valueFrom" in variable]
        for source in [*sources, *container.get("envFrom", [])]:
            for field, kind in _FIELDS.items():
                reference: dict[str, Any] = source.get(field) or {}
                if reference and not reference.get("optional"):
                    yield kind, reference["name"], reference.get("key", "")


_FIELDS = {
    "secretKeyRef": "Secret",
    "configMapKeyRef": "ConfigMap",
    "secretRef": "Secret",
    "configMapRef": "ConfigMap",
}


def _needs_something(pod: Object) -> bool:
    volumes = any("secret" in volume or "configMap" in volume for volume in pod["spec"].get("volumes", []))
    return volumes or bool(private_images(pod)) or any(_references(pod))


def _containers(pod: Object) -> list[Object]:
    return [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]
