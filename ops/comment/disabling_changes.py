"""Finds updates that make the shop, or a part of it, unavailable while the resource remains."""

from collections.abc import Iterator
from typing import Any

from components.config.existing_rules import is_older
from ops.comment.changes import Change
from ops.comment.facts import Changed, Downtime
from ops.comment.finding import Finding, Kind, Severity
from ops.comment.properties import Entry, root, shown

_SCHEME = 'alb.ingress.kubernetes.io/scheme"]'


def switched_off(old: Any, new: Any) -> bool:
    """Return whether a setting was true and is not any more."""
    return old is True and new is not True


def switched_on(old: Any, new: Any) -> bool:
    """Return whether a setting is true and was not before."""
    return new is True and old is not True


def changed(entry: Entry) -> Changed:
    """Return the fact that a property changes, with its values as text."""
    return Changed(entry.path, shown(entry.old), shown(entry.new))


def disabling_changes(change: Change) -> Iterator[Finding]:
    """Yield a finding for each property whose change makes something unavailable."""
    for entry in change.entries:
        match change.type, root(entry.path):
            case "aws:cloudfront/distribution:Distribution", "enabled" if switched_off(entry.old, entry.new):
                unavailable = "images and static files"
            case "kubernetes:apps/v1:Deployment", "spec" if entry.path == "spec.replicas" and entry.new == 0:
                unavailable = "the service"
            case "kubernetes:networking.k8s.io/v1:Ingress", _ if entry.path.endswith(_SCHEME):
                unavailable = "the whole shop, for clients that the load balancer's new scheme excludes"
            case "aws:eks/nodeGroup:NodeGroup", _ if entry.path.startswith("scalingConfig.") and entry.new == 0:
                unavailable = "every pod of the node group"
            # A replacement is created with the older version, which works.
            case type_, "version" | "engineVersion" if (
                change.kind == "update" and type_.startswith("aws:") and is_older(_text(entry.new), _text(entry.old))
            ):
                unavailable = "unknown: a downgrade may not be possible at all"
            case _:
                continue
        yield Finding(Severity.STOP, Kind.OUTAGE, change.name, change.type, changed(entry), Downtime(unavailable))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
