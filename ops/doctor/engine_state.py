"""What Pulumi's state has and the world has not: objects and policies that are gone. Operations that never ended."""

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.urns import name_of
from ops.doctor.commands import Commands
from ops.doctor.finding import Finding, Harm, Ref, Words
from ops.doctor.snapshot import Snapshot
from ops.objects import part

_HARMS = {"Deployment": Harm.DOWN, "Service": Harm.DOWN, "Ingress": Harm.DOWN, "Namespace": Harm.DOWN}
_SHOWN = 6


@dataclass(frozen=True)
class Gone:
    """Objects that the last deployment left are not in the cluster any more."""

    objects: tuple[Ref, ...]

    def words(self, commands: Commands) -> Words:
        """Say it."""
        names = [f"{each.kind} {each.name}" for each in self.objects]
        more = len(names) - _SHOWN
        listed = ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
        what = f"Somebody has deleted what the program has: {listed}"
        why = ("Pulumi's state has it and the cluster has not. A plain `up` would not notice.",)
        return Words(what, why, commands.make("repair"), note="creates it again")


@dataclass(frozen=True)
class MissingPolicies:
    """A role lacks policies that the last deployment gave it."""

    role: str
    policies: tuple[str, ...]

    def words(self, commands: Commands) -> Words:
        """Say it."""
        names = ", ".join(each.rpartition("/")[2] for each in self.policies)
        what = f"The role {self.role} has lost {'a policy' if len(self.policies) == 1 else 'policies'}: {names}"
        why = ("Pulumi's state has the attachment and AWS has not. A plain `up` would not notice.",)
        return Words(what, why, commands.make("repair"), note="attaches it again")


@dataclass(frozen=True)
class PendingOperations:
    """The engine was killed, and does not know what became of these creations."""

    resources: tuple[str, ...]

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"Pulumi does not know how {len(self.resources)} operations of a killed deployment ended"
        return Words(what, (", ".join(self.resources[:_SHOWN]),), commands.ops(f"recover --stack {commands.stack}"))


@dataclass(frozen=True)
class Locked:
    """Somebody holds the lock of the stack: an operation runs, or was killed."""

    holders: tuple[str, ...]

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = "The stack is locked: a deployment runs, or one was killed"
        first = "Make sure that nobody deploys, then"
        return Words(what, self.holders, commands.ops(f"recover --stack {commands.stack}"), first)


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield what the state and the world disagree on."""
    yield from _gone(snapshot)
    for role, has in snapshot.policies.items():
        missing = tuple(sorted(_given(snapshot, role) - has))
        if missing:
            yield Finding(Harm.BLOCKED, MissingPolicies(role, missing), Ref("Role", "", role))
    stack = Ref("Stack", "", snapshot.stack)
    if snapshot.pending:
        names = tuple(name_of(urn) for urn in snapshot.pending)
        yield Finding(Harm.BLOCKED, PendingOperations(names), stack)
    if snapshot.locks:
        yield Finding(Harm.BLOCKED, Locked(snapshot.locks), stack)


def _gone(snapshot: Snapshot) -> Iterator[Finding]:
    missing: list[Ref] = []
    for each in snapshot.state:
        if not each.type.startswith("kubernetes:") or each.external or not each.custom:
            continue
        kind = each.type.rpartition(":")[2]
        metadata = part(each.outputs, "metadata")
        ref = Ref(kind, str(metadata.get("namespace") or ""), str(metadata.get("name", "")))
        if kind in COMPARED - snapshot.hidden and ref.name and snapshot.get(ref) is None:
            missing.append(ref)
    if missing:
        missing.sort(key=lambda ref: _HARMS.get(ref.kind, Harm.LATER))
        cause = Gone(tuple(missing))
        harm = min(_HARMS.get(ref.kind, Harm.DEGRADED) for ref in missing)
        yield Finding(harm, cause, missing[0], also=tuple(missing[1:]))


COMPARED = {
    "ClusterSecretStore", "ConfigMap", "Deployment", "ExternalSecret", "HorizontalPodAutoscaler", "Ingress",
    "Namespace", "NetworkPolicy", "PersistentVolumeClaim", "PodDisruptionBudget", "ScaledObject", "Service",
    "ServiceAccount", "StorageClass",
}  # fmt: skip
"""Kinds whose objects are looked for in the cluster. Those of Jobs may be cleaned up when they are done."""


def _given(snapshot: Snapshot, role: str) -> set[str]:
    """Return the policies of a role in the state: ARNs of managed ones, names of inline ones."""
    managed = {
        str(each.outputs.get("policyArn"))
        for each in snapshot.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        if each.outputs.get("role") == role
    }
    inline = {
        str(each.outputs.get("name"))
        for each in snapshot.of_type("aws:iam/rolePolicy:RolePolicy")
        if each.outputs.get("role") == role
    }
    return managed | inline
