"""What may be wrong with nodes, as data, with the words for it."""

from dataclasses import dataclass

from ops.doctor.commands import Commands
from ops.doctor.finding import Ref, Words
from ops.doctor.quantities import Amount

_SHOWN = 4
"""Nodes whose room is listed one by one."""


@dataclass(frozen=True)
class MissingNodes:
    """A node group has fewer nodes in the cluster than AWS is to run; pods that wait for a node are `pending`."""

    key: str
    group: str
    wanted: int
    present: int
    spot: bool
    pending: int

    def words(self, commands: Commands) -> Words:
        """Say it."""
        missing = self.wanted - self.present
        what = f"{missing} of {self.wanted} nodes of the node group {self.key} {'is' if missing == 1 else 'are'} gone"
        spot = ("They are spot nodes, which EC2 takes back at two minutes' notice.",) if self.spot else ()
        waiting = (f"{self.pending} pods wait for a node.",) if self.pending else ()
        instances = (
            f"ec2 describe-instances --filters Name=tag:eks:nodegroup-name,Values={self.group} --query "
            "'Reservations[].Instances[].[InstanceId,State.Name,StateTransitionReason]' --output table"
        )
        if commands.emulated:
            return Words(what, (*spot, *waiting), commands.kubectl("get nodes"))
        return Words(
            what, (*spot, *waiting), commands.aws(instances), "EKS replaces them within minutes; if it does not"
        )


@dataclass(frozen=True)
class FullGroup:
    """A node group is at its maximum while pods find no room. `more` nodes would do; 0 if no number would."""

    key: str
    most: int
    pending: int
    demand: Amount
    more: int

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"The node group {self.key} is at its maximum of {self.most} nodes, and {self.pending} pods find no room"
        name = f"`openmarket:cluster.nodeGroups.{self.key}"
        if not self.more:
            why = (f"They request {self.demand}, and no node of this type holds one of them.",)
            return Words(what, why, commands.make("up"), f"Set larger {name}.instanceTypes` in {commands.file}")
        why = (f"They request {self.demand}: {self.more} more node{'s' if self.more > 1 else ''} of this type.",)
        first = f"Raise {name}.max` in {commands.file} to {self.most + self.more} or more"
        return Words(what, why, commands.make("up"), first)


_OF_THE_PROGRAM = ("Ec2LaunchTemplateNotFound", "Ec2SubnetNotFound", "IamNodeRoleNotFound")
"""What EKS misses and the program makes. What EKS itself has made does not come back so.

https://docs.aws.amazon.com/eks/latest/APIReference/API_Issue.html
"""


@dataclass(frozen=True)
class GroupTrouble:
    """EKS says that a node group has an issue."""

    key: str
    code: str
    message: str

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"The node group {self.key} is in trouble: {self.code}"
        repaired = self.code in _OF_THE_PROGRAM
        return Words(what, (self.message,), commands.make("repair") if repaired else commands.kubectl("get nodes"))


@dataclass(frozen=True)
class NodeTrouble:
    """A node is not ready or short of something; `trouble` continues a sentence that begins with its name."""

    node: str
    trouble: str
    message: str
    pods: int

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"Node {self.node.partition('.')[0]} {self.trouble}"
        pods = (f"{self.pods} pods are on it.",) if self.pods else ()
        return Words(what, (*filter(None, (self.message,)), *pods), commands.kubectl(f"describe node {self.node}"))


@dataclass(frozen=True)
class NoRoom:
    """Pods of a workload find no node. `rooms` are the nodes with the millicores and MiB that they have left."""

    workload: Ref
    count: int
    shape: Amount
    rooms: tuple[tuple[str, int, int], ...]
    message: str

    def words(self, commands: Commands) -> Words:
        """Say it."""
        name = self.workload.name
        what = f"{self.count} pod{'s' if self.count > 1 else ''} of {name} find{'' if self.count > 1 else 's'} no node"
        fits = any(room[1] >= self.shape.cpu and room[2] >= self.shape.memory for room in self.rooms)
        if fits:
            why: tuple[str, ...] = (self.message,)
        elif len(self.rooms) <= _SHOWN:
            left = ", ".join(f"{node} {Amount(cpu, memory)}" for node, cpu, memory in self.rooms) or "no node is there"
            why = (f"Each requests {self.shape}; left are: {left}.",)
        else:
            largest = max(Amount(cpu, memory) for _, cpu, memory in self.rooms)
            most = f"the most that one of {len(self.rooms)} nodes has left is {largest}"
            why = (f"Each requests {self.shape}; {most}.",)
        return Words(what, why, commands.kubectl(f"-n {self.workload.namespace} describe pods -l {self._label}"))

    @property
    def _label(self) -> str:
        return f"app.kubernetes.io/name={self.workload.name}"
