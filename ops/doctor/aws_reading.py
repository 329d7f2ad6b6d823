"""What the doctor reads of AWS, by the `aws` command. What AWS does not tell is noted and left out."""

from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from ops import aws, named_secrets
from ops.doctor import database, secrets
from ops.doctor.snapshot import Snapshot
from ops.objects import Object, parts

_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
_CLUSTER = "aws:eks/cluster:Cluster"
_ADDON = "aws:eks/addon:Addon"
_ABSENT = ("NotFound", "NoSuchEntity")
"""Parts of the error codes by which AWS says that something does not exist."""


@dataclass(frozen=True)
class Answers:
    """Fields of a snapshot, and what could not be read."""

    fields: Mapping[str, Any]
    unread: tuple[str, ...]

    def onto(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot with them."""
        return replace(snapshot, **self.fields, unread=(*snapshot.unread, *self.unread))


def first(snapshot: Snapshot, pool: ThreadPoolExecutor) -> Answers:
    """Read what every look needs: node groups, add-ons, names and versions of secrets, the database."""
    ask = _Asking(snapshot.region, pool)
    groups = {
        str(each.outputs["nodeGroupName"]): ask(
            "eks", "describe-nodegroup", "--cluster-name", str(each.outputs["clusterName"]),
            "--nodegroup-name", str(each.outputs["nodeGroupName"]),
        )
        for each in snapshot.of_type(_NODE_GROUP)
    }  # fmt: skip
    addons = {
        str(each.outputs["addonName"]): ask(
            "eks", "describe-addon", "--cluster-name", str(each.outputs["clusterName"]),
            "--addon-name", str(each.outputs["addonName"]),
        )
        for each in snapshot.of_type(_ADDON)
    }  # fmt: skip
    listed = ask(*named_secrets.listing(snapshot.stack))
    databases = {
        str(each.outputs["clusterIdentifier"]): ask(
            "rds", "describe-db-clusters", "--db-cluster-identifier", str(each.outputs["clusterIdentifier"])
        )
        for each in database.in_use(snapshot)
    }
    versions = {str(each.outputs.get("version")) for each in snapshot.of_type(_CLUSTER)}
    support = [ask("eks", "describe-cluster-versions", "--cluster-versions", version) for version in versions]
    fields = {
        "node_groups": ask.members(groups, "nodegroup"),
        "addons": ask.members(addons, "addon"),
        "secrets": {str(each["Name"]): each for each in ask.result(listed, {}).get("SecretList", [])},
        "support": {
            str(each["clusterVersion"]): each
            for one in support
            for each in parts(ask.result(one, Object()), "clusterVersions")
        },
        "database": next(iter(ask.databases(databases)), Object()),
    }
    return Answers(fields, tuple(ask.unread))


def roles(snapshot: Snapshot, pool: ThreadPoolExecutor) -> Answers:
    """Read which policies those roles have that AWS refused something, by the messages in the cluster."""
    ask = _Asking(snapshot.region, pool)
    asked = {
        name: (
            ask("iam", "list-attached-role-policies", "--role-name", name),
            ask("iam", "list-role-policies", "--role-name", name),
        )
        for name in sorted(_refused(snapshot))
    }
    found: dict[str, frozenset[str]] = {}
    for name, (attached, inline) in asked.items():
        managed, own = ask.result(attached, None), ask.result(inline, None)
        if managed is not None and own is not None:
            arns = (str(each["PolicyArn"]) for each in managed.get("AttachedPolicies", []))
            found[name] = frozenset((*arns, *own.get("PolicyNames", [])))
    return Answers({"policies": found}, tuple(ask.unread))


def _refused(snapshot: Snapshot) -> set[str]:
    messages = [str(each.get("message", "")) for each in snapshot.of_kind("Event")]
    for kind in ("ExternalSecret", "ClusterSecretStore"):
        for each in snapshot.of_kind(kind):
            messages += [str(one.get("message", "")) for one in parts(each, "status", "conditions")]
    messages += [line for log in snapshot.logs.values() for line in log]
    return {ref.name for message in messages for ref in secrets.roles(message)}


class _Asking:
    """Sends requests at the same time, and notes those that failed."""

    def __init__(self, region: str, pool: ThreadPoolExecutor) -> None:
        self._region, self._pool = region, pool
        self.unread: list[str] = []

    def __call__(self, *words: str) -> "Future[Object]":
        return self._pool.submit(aws.ask, self._region, *words)

    def result(self, asked: "Future[Object]", otherwise: Any) -> Any:
        """Return an answer, or something else if there is none."""
        try:
            return asked.result()
        except aws.AwsError as error:
            said = " ".join(str(error).split())
            if not any(word in said for word in _ABSENT) and said not in self.unread:
                self.unread.append(said)
            return otherwise

    def members(self, asked: "Mapping[str, Future[Object]]", member: str) -> dict[str, Object]:
        """Return a member of each answer, by name."""
        answers = {name: self.result(each, None) for name, each in asked.items()}
        return {name: answer[member] for name, answer in answers.items() if answer is not None}

    def databases(self, asked: "Mapping[str, Future[Object]]") -> Iterable[Object]:
        """Yield the description of each database cluster; one with an empty status for one that is gone."""
        for name, each in asked.items():
            gone: Object = {"DBClusterIdentifier": name, "Status": ""}
            try:
                yield next(iter(each.result().get("DBClusters", [])), gone)
            except aws.AwsError as error:
                if any(word in str(error) for word in _ABSENT):
                    yield gone
                else:
                    self.unread.append(" ".join(str(error).split()))
