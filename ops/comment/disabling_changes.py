"""What is switched off, and stays where it is."""

import re
from collections.abc import Iterator
from typing import Any

from ops.comment.changes import Change
from ops.comment.facts import Changed, Downtime
from ops.comment.finding import Finding, Kind, Severity
from ops.comment.properties import Entry, root, shown

_SCHEME = 'alb.ingress.kubernetes.io/scheme"]'


def switched_off(old: Any, new: Any) -> bool:
    """Whether it is on no more."""
    return old is True and new is not True


def switched_on(old: Any, new: Any) -> bool:
    """Whether it is on now."""
    return new is True and old is not True


def changed(entry: Entry) -> Changed:
    """The property with both its values as a reader sees them."""
    return Changed(entry.path, shown(entry.old), shown(entry.new))


def switched(change: Change) -> Iterator[Finding]:
    """Yield what takes the shop or a part of it away and leaves the resource where it is."""
    for entry in change.entries:
        match change.type, root(entry.path):
            case "aws:cloudfront/distribution:Distribution", "enabled" if switched_off(entry.old, entry.new):
                away = "images and static files"
            case "kubernetes:apps/v1:Deployment", "spec" if entry.path == "spec.replicas" and entry.new == 0:
                away = "the service"
            case "kubernetes:networking.k8s.io/v1:Ingress", _ if entry.path.endswith(_SCHEME):
                away = "the whole shop, for whom the load balancer's new scheme leaves out"
            case "aws:eks/nodeGroup:NodeGroup", _ if entry.path.startswith("scalingConfig.") and entry.new == 0:
                away = "every pod on the group"
            # One that is replaced is made anew with the older version.
            case type_, "version" | "engineVersion" if (
                change.kind == "update" and type_.startswith("aws:") and _is_older(entry.new, entry.old)
            ):
                away = "unknown: going back to an older version may not be possible at all"
            case _:
                continue
        yield Finding(Severity.STOP, Kind.OUTAGE, change.name, change.type, changed(entry), Downtime(away))


def _is_older(new: Any, old: Any) -> bool:
    numbers = [re.findall(r"\d+", each) if isinstance(each, str) else [] for each in (new, old)]
    return all(numbers) and [int(each) for each in numbers[0]] < [int(each) for each in numbers[1]]
