"""What becomes of a pod on its node: whether it starts, and which of its containers then are ready."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import probes, program_starts
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.pod_needs import Obstacle, containers, missing_configuration, missing_images

START = "emulator.openmarket/start"
"""Annotation of pods, read by `stages/pods.yaml`: `allowed`, or the state in which their containers wait."""
UNREADY = "emulator.openmarket/unready"
"""Annotation: names of the containers that run and are not ready, sorted, with commas between."""
UNSTARTED = "emulator.openmarket/unstarted"
"""Annotation: those of them whose startup probe has not passed."""

ALLOWED = "allowed"
CRASH_LOOP = "CrashLoopBackOff"

Lookup = Callable[[str, str, str], Object | None]
"""Kind, namespace and name -> the object in the cluster."""


@dataclass(frozen=True)
class Decision:
    """What the kubelet's stand-in does with a pod.

    Attributes:
        state: `allowed`, or the reason that the pod's containers wait for.
        failing: Probes that fail in the running pod.
        told: Warnings that the kubelet records about the pod, as reason and message.
        final: Whether another look at the same pod would come to the same.
    """

    state: str
    failing: tuple[probes.Failure, ...] = ()
    told: tuple[tuple[str, str], ...] = ()
    final: bool = False

    def annotations(self) -> dict[str, str]:
        """The annotations that tell kwok. What is not among them, the pod must not have."""
        unready = {failure.container for failure in self.failing}
        unstarted = {failure.container for failure in self.failing if failure.kind == probes.STARTUP}
        lists = {UNREADY: unready, UNSTARTED: unstarted}
        return {START: self.state, **{key: ",".join(sorted(names)) for key, names in lists.items() if names}}


def decide(context: Context, pod: Object, lookup: Lookup) -> Decision:
    """What becomes of a pod that is bound to a node."""
    namespace = pod["metadata"]["namespace"]
    missing = [
        *missing_images(pod, context.aws.has_image),
        *missing_configuration(pod, lambda kind, name: lookup(kind, namespace, name)),
    ]
    obstacles = missing or list(_crashes(context, pod))
    if obstacles:
        return _waiting(obstacles)
    failing = probes.failures(pod, program_starts.ports(pod))
    obstacles = [*_probed_to_death(failing), *_held_back(failing)]
    if obstacles:
        return _waiting(obstacles, final=True)
    reason = program_starts.unready(context, pod)
    if reason:
        name = pod["spec"]["containers"][0]["name"]
        return Decision(ALLOWED, (*failing, probes.Failure(probes.READINESS, name, f"failed: {reason}", False)))
    return Decision(ALLOWED, tuple(failing), final=True)


def _waiting(obstacles: list[Obstacle], final: bool = False) -> Decision:
    return Decision(obstacles[0].state, told=tuple((each.reason, each.message) for each in obstacles), final=final)


def starting(pod: Object) -> Iterator[tuple[str, str]]:
    """What a kubelet tells of each container that starts, as reason and message."""
    for container in containers(pod):
        yield "Pulled", f'Container image "{container["image"]}" already present on machine'
        yield "Started", f"Started container {container['name']}"


def _crashes(context: Context, pod: Object) -> Iterator[Obstacle]:
    last_words = program_starts.crash(context, pod)
    if last_words:
        name = pod["spec"]["containers"][0]["name"]
        message = f"Back-off restarting failed container {name}: {last_words}"
        yield Obstacle(CRASH_LOOP, "BackOff", message)


def _probed_to_death(failing: list[probes.Failure]) -> Iterator[Obstacle]:
    """A container whose liveness probe fails is killed again and again."""
    for failure in failing:
        if failure.kind == probes.LIVENESS:
            yield Obstacle(CRASH_LOOP, "Unhealthy", failure.message(""))
            killed = f"Container {failure.container} failed liveness probe, will be restarted"
            yield Obstacle(CRASH_LOOP, "Killing", killed)
            yield Obstacle(CRASH_LOOP, "BackOff", f"Back-off restarting failed container {failure.container}")


def _held_back(failing: list[probes.Failure]) -> Iterator[Obstacle]:
    """The containers after a sidecar wait until it has started."""
    for failure in failing:
        if failure.sidecar and failure.kind == probes.STARTUP:
            yield Obstacle("PodInitializing", "Unhealthy", failure.message(""))
