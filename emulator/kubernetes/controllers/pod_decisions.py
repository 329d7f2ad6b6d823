"""Decides whether a pod starts on its node, and which of its containers become ready."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import probes, program_starts
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.pod_needs import Obstacle, containers, missing_configuration, missing_images

START = "emulator.openmarket/start"
"""Annotation of pods that `stages/pods.yaml` reads: `allowed`, or the state in which their containers wait."""
UNREADY = "emulator.openmarket/unready"
"""Annotation with the names of running containers that are not ready, sorted and comma separated."""
UNSTARTED = "emulator.openmarket/unstarted"
"""Annotation with the names of those whose startup probe has not passed."""

ALLOWED = "allowed"
CRASH_LOOP = "CrashLoopBackOff"

Lookup = Callable[[str, str, str], Object | None]
"""Returns an object of the cluster by kind, namespace and name; None if there is none."""


@dataclass(frozen=True)
class Decision:
    """Describes what the kubelet's stand-in does with a pod.

    Attributes:
        state: `allowed`, or the state in which the pod's containers wait.
        failing: Probes that fail in the running pod.
        warnings: Warning events that the kubelet records about the pod, as reason and message.
        final: True if the decision can change only when the pod changes.
    """

    state: str
    failing: tuple[probes.Failure, ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    final: bool = False

    def annotations(self) -> dict[str, str]:
        """Return the annotations for kwok. The pod must not have any of the others."""
        unready = {failure.container for failure in self.failing}
        unstarted = {failure.container for failure in self.failing if failure.kind == probes.STARTUP}
        lists = {UNREADY: unready, UNSTARTED: unstarted}
        return {START: self.state, **{key: ",".join(sorted(names)) for key, names in lists.items() if names}}


def decide(context: Context, pod: Object, lookup: Lookup) -> Decision:
    """Decide about a pod that is bound to a node."""
    namespace = pod["metadata"]["namespace"]
    missing = [
        *missing_images(pod, context.aws.has_image),
        *missing_configuration(pod, lambda kind, name: lookup(kind, namespace, name)),
    ]
    obstacles = missing or list(_crashes(context, pod))
    if obstacles:
        return _waiting(obstacles)
    failing = probes.failures(pod, program_starts.ports(pod))
    obstacles = [*_failing_liveness(failing), *_waiting_for_sidecar(failing)]
    if obstacles:
        return _waiting(obstacles, final=True)
    reason = program_starts.unready(context, pod)
    if reason:
        name = pod["spec"]["containers"][0]["name"]
        return Decision(ALLOWED, (*failing, probes.Failure(probes.READINESS, name, f"failed: {reason}", False)))
    return Decision(ALLOWED, tuple(failing), final=True)


def _waiting(obstacles: list[Obstacle], final: bool = False) -> Decision:
    warnings = tuple((each.reason, each.message) for each in obstacles)
    return Decision(obstacles[0].state, warnings=warnings, final=final)


def starting(pod: Object) -> Iterator[tuple[str, str]]:
    """Yield the events that a kubelet records of each container that starts, as reason and message."""
    for container in containers(pod):
        yield "Pulled", f'Container image "{container["image"]}" already present on machine'
        yield "Started", f"Started container {container['name']}"


def _crashes(context: Context, pod: Object) -> Iterator[Obstacle]:
    error = program_starts.crash(context, pod)
    if error:
        name = pod["spec"]["containers"][0]["name"]
        message = f"Back-off restarting failed container {name}: {error}"
        yield Obstacle(CRASH_LOOP, "BackOff", message)


def _failing_liveness(failing: list[probes.Failure]) -> Iterator[Obstacle]:
    """Yield obstacles for containers whose liveness probe fails, which are restarted again and again."""
    for failure in failing:
        if failure.kind == probes.LIVENESS:
            yield Obstacle(CRASH_LOOP, "Unhealthy", failure.message(""))
            killed = f"Container {failure.container} failed liveness probe, will be restarted"
            yield Obstacle(CRASH_LOOP, "Killing", killed)
            yield Obstacle(CRASH_LOOP, "BackOff", f"Back-off restarting failed container {failure.container}")


def _waiting_for_sidecar(failing: list[probes.Failure]) -> Iterator[Obstacle]:
    """Yield obstacles for sidecars that do not start, for which the containers after them wait."""
    for failure in failing:
        if failure.sidecar and failure.kind == probes.STARTUP:
            yield Obstacle("PodInitializing", "Unhealthy", failure.message(""))
