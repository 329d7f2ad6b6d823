"""Decides what becomes of creations that a killed engine did not see the end of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic, sleep

from analysis.urns import name_of
from ops.objects import part, parts, value
from ops.operate import created
from ops.operate.account import Account, Ids
from ops.operate.acting import NotDone
from ops.operate.pending import Exported, Operation

_REPEATED = (
    "kubernetes:", "random:", "pulumi:", "aws:s3/bucket", "aws:iam/rolePolicyAttachment:",
    "aws:cloudwatch/metricAlarm:", "aws:cloudwatch/dashboard:", "aws:ecr/lifecyclePolicy:",
    "aws:ec2/defaultSecurityGroup:", "aws:eks/accessPolicyAssociation:", "aws:sns/topicPolicy:",
    "aws:sns/topicSubscription:", "aws:acm/certificateValidation:", "aws:wafv2/webAclAssociation:",
    "aws:wafv2/webAclLoggingConfiguration:", "aws:lambda/permission:",
)  # fmt: skip
"""Beginnings of types whose creation puts what is there into the same state again, by a name that stays the same.

The program's Kubernetes provider takes over objects. A second permission of a function says the same as the first.
Buckets themselves are looked for before this counts.
"""
_STATUS = {
    "aws:eks/cluster:Cluster": ("eks describe-cluster --name {name}", "cluster", "status", "ACTIVE"),
    "aws:rds/cluster:Cluster": (
        "rds describe-db-clusters --db-cluster-identifier {clusterIdentifier}", "DBClusters", "Status", "available",
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        "elasticache describe-replication-groups --replication-group-id {replicationGroupId}", "ReplicationGroups",
        "Status", "available",
    ),
}  # fmt: skip
"""Types whose addresses are known only when AWS is done: the question, where the answer is, and the status then."""
_LONGEST = 45 * 60
"""Seconds until a cluster, database or cache is given up: the providers' own longest default is 40 minutes."""
_PAUSE = 2.0


@dataclass
class Decision:
    """What becomes of pending operations.

    Attributes:
        ids: By URN of a creation, the id of the one thing that AWS has for it.
        found: Those creations.
        several: Creations for which AWS has more than one thing that the state does not know.
        absent: Creations that left nothing in AWS.
        repeated: Creations that the next deployment may repeat.
        unknown: Creations that are not looked for, because of their types or as they may be in another account.
        others: Updates and deletions, whose ends a refresh sees.
    """

    ids: dict[str, str] = field(default_factory=dict[str, str])
    found: list[Operation] = field(default_factory=list[Operation])
    several: list[tuple[Operation, Ids]] = field(default_factory=list[tuple[Operation, Ids]])
    absent: list[Operation] = field(default_factory=list[Operation])
    repeated: list[Operation] = field(default_factory=list[Operation])
    unknown: list[Operation] = field(default_factory=list[Operation])
    others: list[Operation] = field(default_factory=list[Operation])

    def left(self) -> Iterator[str]:
        """Yield what a person has to decide, with the commands."""
        for each, ids in self.several:
            yield (
                f"AWS has {len(ids)} for {each.told}, and the state knows none of them: {', '.join(ids)}. Delete what "
                f"nobody needs; to keep one of them: {_import(each, ids[0])}"
            )
        for each in self.unknown:
            yield f"whether AWS has {each.told} is not looked for; if it has: {_import(each, '<id>')}"


def decide(exported: Exported, region: str, account: str) -> Decision:
    """Look in AWS for what every pending creation made.

    Raises:
        AwsError: AWS cannot be asked, or refuses to answer.
    """
    creations = [each for each in exported.operations if each.kind == "creating"]
    made = Decision(others=[each for each in exported.operations if each.kind != "creating"])
    aws = Account(region, account, _common_tags(creations))
    for each in creations:
        ids = created.found(aws, each, exported.ids(each.type))
        if ids is None:
            (made.repeated if each.type.startswith(_REPEATED) else made.unknown).append(each)
            continue
        if len(ids) == 1:
            made.found.append(each)
            made.ids[each.urn] = ids[0]
        elif ids:
            made.several.append((each, ids))
        else:
            made.absent.append(each)
    return _once(made)


def _once(made: Decision) -> Decision:
    """What two creations claim belongs to neither of them for sure."""
    claims = [made.ids[each.urn] for each in made.found]
    for each in [each for each in made.found if claims.count(made.ids[each.urn]) > 1]:
        made.found.remove(each)
        made.several.append((each, [made.ids.pop(each.urn)]))
    return made


def await_aws(decision: Decision, region: str, say: Callable[[str], object] = print) -> None:
    """Wait until AWS has finished what others need an address of.

    Raises:
        NotDone: It takes longer than it should.
        AwsError: AWS cannot be asked, or refuses to answer.
    """
    give_up = monotonic() + _LONGEST
    for each in [each for each in decision.found if each.type in _STATUS]:
        told = False
        while (status := _status(region, each)) != _STATUS[each.type][3]:
            if not told:
                say(f"AWS still makes {each.told}: waiting for it")
                told = True
            if monotonic() > give_up:
                raise NotDone(f"{each.told} is {status or 'gone'} in AWS: see there why, and run it again")
            sleep(_PAUSE)


def _status(region: str, creation: Operation) -> str:
    words, member, key, _ = _STATUS[creation.type]
    answer = Account(region, "").ask(*words.format(**creation.inputs).split())
    listed = parts(answer, member) or [part(answer, member)]
    return str(value(listed[0], key) or "")


def _common_tags(creations: Sequence[Operation]) -> Mapping[str, str]:
    common: dict[str, str] | None = None
    for each in creations:
        if tags := part(each.inputs, "tagsAll"):
            common = {key: tag for key, tag in (tags if common is None else common).items() if tags.get(key) == tag}
    return common or {}


def _import(creation: Operation, id_: str) -> str:
    parent = f" --parent 'parent={creation.parent}'" if creation.parent else ""
    provider = "" if creation.of_default_provider else f" --provider 'provider={creation.provider}'"
    return f"`pulumi import '{creation.type}' '{name_of(creation.urn)}' '{id_}'{parent}{provider} --protect=false`"
