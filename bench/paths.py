"""Projects the critical paths of every stack on AWS, from previews on the emulator."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from analysis import preview, stack_file
from analysis.preview import State
from analysis.timing import durations, projection
from analysis.urns import type_of
from bench.trial import trial

_INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
_CHAIN = (
    "aws:kms/key:Key", "aws:iam/role:Role", "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup", "kubernetes:helm.sh/v3:Release", _INGRESS,
)  # fmt: skip
_ADDONS = ("vpc-cni", "coredns")


@dataclass(frozen=True)
class CriticalPath:
    """The seconds of a critical path, and the least that AWS's own chain takes."""

    what: str
    seconds: float
    limit: float | None = None


def paths() -> Iterator[CriticalPath]:
    """Yield the critical paths of every stack: until `alb_dns` is known, until all is ready, until all is gone."""
    for stack in stack_file.names():
        states = _states(stack)
        made = projection.deployment(states).timeline
        address = next(ended for urn, ended in made.ended.items() if type_of(urn) == _INGRESS)
        until_address = _chain()
        until_ready = until_address + durations.CREATE["kubernetes:apps/v1:Deployment"]
        yield CriticalPath(f"{stack}: from nothing to `alb_dns`", address, until_address)
        yield CriticalPath(f"{stack}: from nothing to all ready", made.total, until_ready)
        yield CriticalPath(f"{stack}: `destroy`", projection.deletion(states).timeline.total)


def _chain() -> float:
    """Return the seconds of the chain that AWS forces, from a key and the control plane to an active load balancer."""
    links = [State(urn=type_, type=type_, custom=True) for type_ in _CHAIN]
    links += [State(urn=name, type="aws:eks/addon:Addon", custom=True, inputs={"addonName": name}) for name in _ADDONS]
    return sum(durations.creating(each) for each in links)


def _states(stack: str) -> Sequence[State]:
    with trial() as account, TemporaryDirectory() as folder:
        account.run("pulumi", "stack", "select", "--create", "--stack", stack)
        seen = account.run("pulumi", "preview", "--stack", stack, "--json", "--show-sames", "--non-interactive")
        file = Path(folder) / "preview.json"
        file.write_text(seen.output[seen.output.index("{") :])
        return tuple(preview.read(file).after)
