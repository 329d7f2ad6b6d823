"""The Ingress: whether it has its load balancer, and what keeps the controller from making or changing it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ops.doctor.commands import Commands
from ops.doctor.finding import Finding, Harm, Ref, Words
from ops.doctor.objects import ref_of, when
from ops.doctor.secrets import roles
from ops.doctor.snapshot import Snapshot
from ops.ingress_rules import ingress_rules, maintained
from ops.objects import is_true, parts

CONTROLLER = Ref("Deployment", "kube-system", "aws-load-balancer-controller")
_FAILURES = ("FailedBuildModel", "FailedDeployModel")
_SERVICE = re.compile(r'Service "([a-z0-9-]+)" not found')
_PATIENCE = 300.0
"""Seconds that a load balancer may take to come into being."""


@dataclass(frozen=True)
class NoAddress:
    """The Ingress has no load balancer. `controller` is the number of the controller's pods that are ready."""

    ingress: Ref
    message: str
    controller: int

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = "The shop has no load balancer: its Ingress has no address"
        logs = commands.kubectl(f"-n {CONTROLLER.namespace} logs deployment/{CONTROLLER.name} --tail=20")
        if not self.controller:
            why = ("No pod of the AWS Load Balancer Controller is ready.",)
            return Words(
                what,
                why,
                commands.kubectl(f"-n {CONTROLLER.namespace} get pods -l app.kubernetes.io/name={CONTROLLER.name}"),
            )
        return _advised(commands, what, self.message, logs)


@dataclass(frozen=True)
class NotApplied:
    """The load balancer is there, and the controller cannot change it: it stays as it was."""

    ingress: Ref
    message: str

    def words(self, commands: Commands) -> Words:
        """Say it."""
        logs = commands.kubectl(f"-n {CONTROLLER.namespace} logs deployment/{CONTROLLER.name} --tail=20")
        return _advised(commands, "Changes of the Ingress do not reach the load balancer", self.message, logs)


@dataclass(frozen=True)
class Vanishing:
    """The Ingress is being deleted, and its controller cannot finish that."""

    ingress: Ref
    message: str

    def words(self, commands: Commands) -> Words:
        """Say it."""
        logs = commands.kubectl(f"-n {CONTROLLER.namespace} logs deployment/{CONTROLLER.name} --tail=20")
        return _advised(commands, "The Ingress is being deleted, and that does not end", self.message, logs)


@dataclass(frozen=True)
class InMaintenance:
    """The load balancer answers for hosts with the maintenance page, as the stack file says."""

    ingress: Ref
    hosts: tuple[str, ...]

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"The maintenance page is on: {', '.join(self.hosts)}"
        why = (f"`openmarket:ingress.maintenance` in {commands.file} was deployed with enabled: true.",)
        return Words(what, why, commands.ops(f"maintenance off --stack {commands.stack}"))


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield what is wrong with the Ingresses of the shop."""
    for ingress in snapshot.of_kind("Ingress", snapshot.namespace):
        ref = ref_of(ingress)
        address = parts(ingress, "status", "loadBalancer", "ingress")
        said = _failing(snapshot, ref)
        because = (*roles(said), *_service(ref, said), CONTROLLER)
        ready = sum(is_true(pod, "Ready") for pod in snapshot.pods_of(CONTROLLER))
        if ingress["metadata"].get("deletionTimestamp"):
            yield Finding(Harm.DOWN, Vanishing(ref, said), ref, because)
        elif not address:
            young = snapshot.since(ingress["metadata"].get("creationTimestamp")) < _PATIENCE
            if said or not ready or not young:
                yield Finding(Harm.DOWN, NoAddress(ref, said, ready), ref, because)
        elif said:
            yield Finding(Harm.BLOCKED, NotApplied(ref, said), ref, because)
        if closed := maintained(ingress_rules(ingress)):
            yield Finding(Harm.DOWN, InMaintenance(ref, tuple(sorted(closed))), ref)


def _failing(snapshot: Snapshot, ref: Ref) -> str:
    """Return why the controller failed last; empty if it has succeeded since."""
    events = [each for each in snapshot.events(ref) if each.get("reason") in (*_FAILURES, "SuccessfullyReconciled")]
    last = max(events, key=when, default=None)
    return str(last.get("message", "")) if last and last["reason"] in _FAILURES else ""


def _service(ref: Ref, said: str) -> tuple[Ref, ...]:
    match = _SERVICE.search(said)
    return (Ref("Service", ref.namespace, match[1]),) if match else ()


def _advised(commands: Commands, what: str, said: str, otherwise: str) -> Words:
    """Return the words with the next command that suits a message of the controller."""
    why = (said,) if said else ("Its controller has not said why.",)
    if "not authorized" in said or "AccessDenied" in said:
        return Words(what, why, commands.make("repair"), note="restores the policies of the controller's role")
    if "CertificateNotFound" in said:
        key = f"`openmarket:ingress.certificateArn` in {commands.file}"
        return Words(what, why, commands.make("up"), f"Name a certificate that exists in this region in {key}")
    if _SERVICE.search(said) or "subnet" in said:
        return Words(what, why, commands.make("repair"), note="restores what the program has and is missing")
    return Words(what, why, otherwise)
