"""Says what the cluster's objects are to each other and to time: references, owners, moments, ends of containers."""

from datetime import UTC, datetime

from ops.doctor.finding import Ref
from ops.objects import Object, part


def parsed(moment: str) -> datetime:
    """Parse a moment as Kubernetes and AWS write it."""
    found = datetime.fromisoformat(moment)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def when(event: Object) -> str:
    """Return when an event happened last, for sorting."""
    series = part(event, "series")
    return str(
        series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime")
        or event["metadata"].get("creationTimestamp", "")
    )  # fmt: skip


def ref_of(target: Object) -> Ref:
    """Return the reference to an object."""
    metadata = target["metadata"]
    return Ref(str(target["kind"]), str(metadata.get("namespace") or ""), str(metadata["name"]))


def owner(pod: Object) -> Ref:
    """Return what made a pod; a Deployment rather than its ReplicaSet; the pod itself if nothing did."""
    metadata = pod["metadata"]
    namespace = str(metadata["namespace"])
    for each in metadata.get("ownerReferences", []):
        if not each.get("controller"):
            continue
        made_of = f"-{metadata.get('labels', {}).get('pod-template-hash')}"
        if each["kind"] == "ReplicaSet" and str(each["name"]).endswith(made_of):
            return Ref("Deployment", namespace, str(each["name"]).removesuffix(made_of))
        return Ref(str(each["kind"]), namespace, str(each["name"]))
    return ref_of(pod)


def waits(status: Object) -> str:
    """Return the reason for which a container waits; empty if it does not."""
    return str(part(status, "state", "waiting").get("reason", ""))
