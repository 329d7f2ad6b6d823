"""What is switched off, and stays where it is."""

import re
from collections.abc import Iterator
from typing import Any

from ops.comment.changes import Change
from ops.comment.finding import Finding, Severity
from ops.comment.markdown import code
from ops.comment.properties import Entry, root, shown

_SCHEME = 'alb.ingress.kubernetes.io/scheme"]'


def switched_off(old: Any, new: Any) -> bool:
    """Whether it is on no more."""
    return old is True and new is not True


def switched_on(old: Any, new: Any) -> bool:
    """Whether it is on now."""
    return new is True and old is not True


def from_to(entry: Entry) -> str:
    """The property with both its values, as Markdown."""
    return f"{code(entry.path)}: {code(shown(entry.old))} → {code(shown(entry.new))}"


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
        yield Finding(Severity.STOP, "outage", change.name, change.type, from_to(entry), away)


def _is_older(new: Any, old: Any) -> bool:
    numbers = [re.findall(r"\d+", each) if isinstance(each, str) else [] for each in (new, old)]
    return all(numbers) and [int(each) for each in numbers[0]] < [int(each) for each in numbers[1]]
