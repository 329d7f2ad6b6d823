"""What the doctor looks at: everything about a stack, read once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from analysis import stack_file
from analysis.preview import State
from ops.doctor.finding import Ref
from ops.doctor.objects import owner, parsed, ref_of, when
from ops.objects import Object, part


@dataclass(frozen=True)
class Snapshot:
    """A stack at one moment.

    Attributes:
        stack: Name of the stack.
        region: Its AWS region.
        now: The moment.
        objects: The cluster's objects that are looked at, with their kind.
        hidden: Kinds of the cluster that the caller may not list: that there are no objects of them says nothing.
        state: The resources that Pulumi has of the stack.
        pending: URNs of operations of which Pulumi does not know how they ended.
        locks: Who holds the stack's lock in Pulumi's backend, a line for each.
        helm: Metadata of the records of Helm releases that are not deployed.
        logs: The last lines that a pod's failed container wrote, by pod.
        node_groups: `nodegroup` of EKS's answers, by name.
        addons: `addon` of EKS's answers, by name.
        policies: ARNs of managed and names of inline policies by role, of those roles that were refused something.
        secrets: Entries of Secrets Manager's list, by the secret's name. They have no values.
        database: RDS's description of the database cluster; empty without one.
        support: Entries of EKS's list of Kubernetes versions, by version.
        unread: What could not be read, with the reason.
    """

    stack: str
    region: str
    now: datetime
    objects: tuple[Object, ...] = ()
    hidden: frozenset[str] = frozenset()
    state: tuple[State, ...] = ()
    pending: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    helm: tuple[Object, ...] = ()
    logs: Mapping[Ref, tuple[str, ...]] = field(default_factory=dict[Ref, tuple[str, ...]])
    node_groups: Mapping[str, Object] = field(default_factory=dict[str, Object])
    addons: Mapping[str, Object] = field(default_factory=dict[str, Object])
    policies: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    secrets: Mapping[str, Object] = field(default_factory=dict[str, Object])
    database: Mapping[str, Any] = field(default_factory=dict[str, Any])
    support: Mapping[str, Object] = field(default_factory=dict[str, Object])
    unread: tuple[str, ...] = ()

    @property
    def namespace(self) -> str:
        """The namespace of the shop."""
        return stack_file.prefix(self.stack)

    @cached_property
    def _by_ref(self) -> dict[Ref, Object]:
        return {ref_of(each): each for each in self.objects}

    def of_kind(self, kind: str, namespace: str | None = None) -> list[Object]:
        """Return the objects of a kind, such as `Pod`, in a namespace or in all."""
        return [
            each for each in self.objects if each["kind"] == kind and namespace in (None, ref_of(each).namespace)
        ]  # fmt: skip

    def get(self, ref: Ref) -> Object | None:
        """Return an object of the cluster; None if there is none."""
        return self._by_ref.get(ref)

    def events(self, ref: Ref) -> list[Object]:
        """Return the events about an object, the oldest first."""
        return self._events.get(ref, [])

    @cached_property
    def _events(self) -> dict[Ref, list[Object]]:
        found: dict[Ref, list[Object]] = {}
        for event in sorted(self.of_kind("Event"), key=when):
            about = part(event, "involvedObject")
            ref = Ref(str(about.get("kind")), str(about.get("namespace") or ""), str(about.get("name")))
            found.setdefault(ref, []).append(event)
        return found

    def warning(self, ref: Ref, *reasons: str) -> str:
        """Return the message of the last warning about an object, with one of these reasons if there are some."""
        found = [
            str(each.get("message", ""))
            for each in self.events(ref)
            if each.get("type") == "Warning" and (not reasons or each.get("reason") in reasons)
        ]
        return found[-1] if found else ""

    def pods_of(self, workload: Ref) -> Iterator[Object]:
        """Yield the pods of a Deployment, DaemonSet, Job or StatefulSet, which are not being deleted."""
        for pod in self.of_kind("Pod", workload.namespace):
            if owner(pod) == workload and not pod["metadata"].get("deletionTimestamp"):
                yield pod

    def of_type(self, type_: str) -> Iterator[State]:
        """Yield the resources of a type that Pulumi manages."""
        for each in self.state:
            if each.type == type_ and not each.external:
                yield each

    def since(self, moment: str | None) -> float:
        """Return the seconds since a moment as Kubernetes writes it; 0 for none."""
        return (self.now - parsed(moment)).total_seconds() if moment else 0.0
