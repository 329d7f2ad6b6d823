"""A controller's mark on an object, which keeps the object from going before the controller has cleaned up after it."""

from collections.abc import Iterable

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers.context import Context


def has(target: Object, finalizer: str) -> bool:
    """Whether the object has it."""
    return finalizer in target["metadata"].get("finalizers", [])


def add(context: Context, target: Object, finalizer: str) -> None:
    """Put it on the object, unless it is there."""
    if not has(target, finalizer):
        finalizers = [*target["metadata"].get("finalizers", []), finalizer]
        context.api.patch(target, {"metadata": {"finalizers": finalizers}})


def remove(context: Context, target: Object, finalizer: str) -> None:
    """Take it away, which lets an object go that is being deleted."""
    kept = [each for each in target["metadata"].get("finalizers", []) if each != finalizer]
    context.api.patch(target, {"metadata": {"finalizers": kept}})


def report_orphans(context: Context, targets: Iterable[Object], finalizer: str, controller: str) -> None:
    """Record what nobody would say on AWS: that no controller is left that would let these objects go."""
    for target in targets:
        if target["metadata"].get("deletionTimestamp") and has(target, finalizer):
            message = f"no {controller} runs, so nobody removes the finalizer {finalizer}"
            context.event(target, "Warning", "ControllerNotRunning", message)
