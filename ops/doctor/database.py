"""The database: whether RDS has it, and in which state."""

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.preview import State
from analysis.urns import STACK
from ops.doctor.commands import Commands
from ops.doctor.finding import Finding, Harm, Ref, Words
from ops.doctor.snapshot import Snapshot
from ops.objects import parts

_AWAY = {
    "", "creating", "deleting", "inaccessible-encryption-credentials",
    "inaccessible-encryption-credentials-recoverable", "migration-failed", "starting", "stopped", "stopping",
}  # fmt: skip
"""States in which Aurora does not answer (Aurora User Guide, "Viewing DB cluster status"); empty where it is gone."""
_STOPPED = {"stopped", "stopping"}
_ADDRESS = "database_endpoint"
"""The stack output with the address of the database that the shop uses."""


@dataclass(frozen=True)
class Unavailable:
    """The database cluster is not available; the status is RDS's, or empty if RDS has no such cluster."""

    name: str
    status: str

    def words(self, commands: Commands) -> Words:
        """Say it."""
        if not self.status:
            what = f"The database {self.name} is gone from RDS"
            describe = f"rds describe-db-cluster-snapshots --db-cluster-identifier {self.name}"
            return Words(what, (), commands.aws(describe), "Do not deploy yet: see which snapshots there are")
        what = f"The database {self.name} is {self.status}"
        if self.status in _STOPPED:
            why = ("Somebody has stopped it. RDS starts it again by itself after seven days.",)
            return Words(what, why, commands.aws(f"rds start-db-cluster --db-cluster-identifier {self.name}"))
        events = f"rds describe-events --source-type db-cluster --source-identifier {self.name} --duration 1440"
        return Words(what, (), commands.aws(events))


@dataclass(frozen=True)
class NoWriter:
    """The database cluster has no instance that writes."""

    name: str
    members: int

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"The database {self.name} has no writer among its {self.members} instances"
        return Words(what, (), commands.make("repair"), note="creates missing instances")


def in_use(snapshot: Snapshot) -> Iterator[State]:
    """Yield the database that the shop uses, which is not one from before a restore; those that the state has."""
    address = next((each.outputs.get(_ADDRESS) for each in snapshot.state if each.type == STACK), None)
    for each in snapshot.of_type("aws:rds/cluster:Cluster"):
        if address in (None, each.outputs.get("endpoint")):
            yield each


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield what is wrong with the database that the shop uses."""
    for each in in_use(snapshot):
        name = str(each.outputs.get("clusterIdentifier"))
        ref = Ref("Database", "", name)
        if not snapshot.database:
            continue
        status = str(snapshot.database.get("Status", ""))
        if status in _AWAY:
            yield Finding(Harm.DOWN, Unavailable(name, status), ref)
        else:
            members = parts(snapshot.database, "DBClusterMembers")
            if not any(member.get("IsClusterWriter") for member in members):
                yield Finding(Harm.DOWN, NoWriter(name, len(members)), ref)
