"""Finds services that come under another name: the engine makes one and deletes the other."""

from collections.abc import Iterable, Iterator
from typing import Any

from components.config.application import address_variable
from ops.comment.changes import Change
from ops.comment.facts import Renamed
from ops.comment.finding import Finding, Kind, Severity
from ops.objects import Object, parts, value

_WORKLOADS = {
    "kubernetes:apps/v1:Deployment": ("spec", "template", "spec"),
    "kubernetes:batch/v1:CronJob": ("spec", "jobTemplate", "spec", "template", "spec"),
}
"""Where the pods of a workload are described, by its type."""
_OF_SERVICES = "openmarket:workloads:"
_LEFT = {
    "aws:ecr/repository:Repository": "the images, so push the release to the new repository before",
    "aws:secretsmanager/secret:Secret": "the values of its own secret, so set them again before",
    "aws:cloudwatch/logGroup:LogGroup": "its logs",
}
"""What a service has that does not come along, by the type of what holds it."""


def renamed(found: Iterable[Change]) -> Iterator[Finding]:
    """Yield a finding for each service that goes while one comes that runs alike: kind, command, ports and size."""
    found = list(found)
    gone = [each for each in found if each.kind == "delete" and _runs_service(each)]
    for come in (each for each in found if each.kind == "create" and _runs_service(each)):
        before = next((each for each in gone if _alike(each) == _alike(come)), None)
        if before is None:
            continue
        gone.remove(before)
        old, new = _service(before), _service(come)
        belongings = [
            each for each in found if each.kind in ("delete", "left behind") and f"-{old}-" in f"{each.name}-"
        ]
        left = tuple(what for type_, what in _LEFT.items() if any(each.type == type_ for each in belongings))
        variables = (address_variable(old), address_variable(new)) if _ports(before) else None
        fact = Renamed(old, new, left, variables)
        yield Finding(Severity.LOOK, Kind.DELETION, come.name, come.type, fact)


def _runs_service(change: Change) -> bool:
    return change.type in _WORKLOADS and _OF_SERVICES in change.step.urn


def _service(change: Change) -> str:
    return str(value(change.state.inputs, "metadata", "name"))


def _container(change: Change) -> Object:
    return next(iter(parts(change.state.inputs, *_WORKLOADS[change.type], "containers")), Object())


def _ports(change: Change) -> list[Any]:
    return [each.get("containerPort") for each in _container(change).get("ports", ())]


def _alike(change: Change) -> tuple[Any, ...]:
    container = _container(change)
    return change.type, _ports(change), *(container.get(key) for key in ("command", "args", "resources"))
