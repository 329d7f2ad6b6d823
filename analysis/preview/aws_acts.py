"""Recognizes what AWS does to a stack by itself, in what a refresh found.

Some of it cannot be put back, because AWS knows no way back, and some of it need not be. Renewed certificates and
replaced nodes are not among it: nothing of them is in the stack.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

_DELIVERY = "delivery.logs.amazonaws.com"
"""The service that appends a statement for a delivery of logs to a bucket's policy:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html"""

_Properties = Mapping[str, Any]


def act_of_aws(type_: str, before: _Properties, after: _Properties) -> str:
    """Return who changed a resource, and what to do about it; empty if it is nothing that AWS does by itself.

    Args:
        type_: The resource's type token.
        before: The inputs of the last deployment, and the outputs where the program gave none.
        after: The same as a refresh found it.
    """
    rule = _RULES.get(type_)
    return rule(before, after) if rule else ""


def _cluster(before: _Properties, after: _Properties) -> str:
    old, new = _versions("version", before, after)
    if not _raised(old, new):
        return ""
    return (
        f"the control plane was upgraded from {old} to {new}, by EKS at the end of the version's support or by hand, "
        f'and never goes back: set `openmarket:cluster.version` to "{new}", and deploy with `REFRESH=yes`'
    )


def _database(before: _Properties, after: _Properties) -> str:
    old, new = _versions("engineVersion", before, after)
    if not _raised(old, new):
        return ""
    return (
        f"Aurora was upgraded from {old} to {new}, by RDS or by hand, and never goes back: set "
        f"`openmarket:database.engineVersion` to {new}, and deploy with `REFRESH=yes`"
    )


def _cache(before: _Properties, after: _Properties) -> str:
    (old, new), (was, now) = _versions("engineVersion", before, after), _versions("engine", before, after)
    if was == now and not _raised(old, new):
        return ""
    if was != now and now != "valkey":
        return ""
    keys = f'`openmarket:cache.engineVersion` to "{new}"'
    if was != now:
        keys = f"`openmarket:cache.engine` to {now}, {keys}"
    return (
        f"the cache was upgraded from {was} {old} to {now} {new}, by ElastiCache or by hand, and only another cache "
        f"could go back: set {keys}, and deploy with `REFRESH=yes`"
    )


def _bucket_policy(before: _Properties, after: _Properties) -> str:
    old, new = _statements(before.get("policy")), _statements(after.get("policy"))
    added = [each for each in new if each not in old]
    if not added or not all(each in new for each in old) or not all(_is_delivery(each) for each in added):
        return ""
    return "AWS's log delivery has added its own statement: a repair takes it out, and logs still come by the program's"


_RULES: Mapping[str, Callable[[_Properties, _Properties], str]] = {
    "aws:eks/cluster:Cluster": _cluster,
    "aws:rds/cluster:Cluster": _database,
    "aws:elasticache/replicationGroup:ReplicationGroup": _cache,
    "aws:s3/bucketPolicy:BucketPolicy": _bucket_policy,
}


def _versions(key: str, *sides: _Properties) -> list[str]:
    return [str(each.get(key) or "") for each in sides]


def _raised(old: str, new: str) -> bool:
    # Here, as it loads all models of the configuration, and most previews have no such change.
    from components.config.existing_rules import is_older

    return is_older(old, new)


def _statements(policy: Any) -> Sequence[Mapping[str, Any]]:
    try:
        document: Any = json.loads(policy) if isinstance(policy, str) else None
    except ValueError:
        return []
    found = cast(Mapping[str, Any], document).get("Statement") if isinstance(document, Mapping) else None
    return cast(Sequence[Mapping[str, Any]], found) if isinstance(found, list) else []


def _is_delivery(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    own = str(statement.get("Sid", "")).startswith("AWSLogDelivery") and statement.get("Effect") == "Allow"
    return own and principal == {"Service": _DELIVERY}
