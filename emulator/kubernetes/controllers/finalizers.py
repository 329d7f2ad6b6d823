"""Handles finalizers, which keep an object from being deleted before its controller has cleaned up."""

from collections.abc import Iterable

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers.context import Context


def has(target: Object, finalizer: str) -> bool:
    """Return whether the object has the finalizer."""
    return finalizer in target["metadata"].get("finalizers", [])


def add(context: Context, target: Object, finalizer: str) -> None:
    """Add the finalizer to the object if it is missing."""
    if not has(target, finalizer):
        finalizers = [*target["metadata"].get("finalizers", []), finalizer]
        context.api.patch(target, {"metadata": {"finalizers": finalizers}})


def remove(context: Context, target: Object, finalizer: str) -> None:
    """Remove the finalizer, which completes a pending deletion."""
    kept = [each for each in target["metadata"].get("finalizers", []) if each != finalizer]
    context.api.patch(target, {"metadata": {"finalizers": kept}})


def report_orphans(context: Context, targets: Iterable[Object], finalizer: str, controller: str) -> None:
    """Record an event on objects that wait for a controller that does not run; on EKS nothing reports this."""
    for target in targets:
        if target["metadata"].get("deletionTimestamp") and has(target, finalizer):
            message = f"{controller} does not run, so nothing removes the finalizer {finalizer}"
            context.event(target, "Warning", "ControllerNotRunning", message)
