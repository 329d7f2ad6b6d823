"""Target groups, which are parts of a load balancer here, and what CloudWatch counts of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from emulator.aws.iam import Finder
from emulator.aws.tokens import LOAD_BALANCER
from emulator.store import Store, StoredObject, Transaction

NAMESPACE = "AWS/ApplicationELB"
TYPE = "elasticloadbalancing:targetgroup"


def tagged(account: Finder, wanted: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield ARN and tags of the target groups that have all of these tags."""
    for balancer in account.find(LOAD_BALANCER):
        for arn, tags in balancer.outputs.get("targetGroups", {}).items():
            if wanted.items() <= tags.items():
                yield arn, tags


def put(account: Transaction, name: str, value: float, dimensions: Mapping[str, str]) -> bool:
    """Give a metric of a target group a value, and return whether there is such a target group."""
    group = dimensions.get("TargetGroup", "")
    balancer = _of(account, group)
    if balancer is None:
        return False
    metrics: dict[str, Any] = balancer.outputs.get("metrics", {})
    changed = {**balancer.outputs, "metrics": {**metrics, group: {**metrics.get(group, {}), name: value}}}
    account.put(StoredObject(LOAD_BALANCER, balancer.id, inputs=changed, outputs=changed))
    return True


def metric(store: Store, name: str, dimensions: Mapping[str, str]) -> float | None:
    """Return the value of a metric of a target group; None while it has none."""
    group = dimensions.get("TargetGroup", "")
    balancer = _of(store, group)
    if balancer is None or not dimensions.get("LoadBalancer", "").startswith(f"app/{balancer.id}/"):
        return None
    return balancer.outputs.get("metrics", {}).get(group, {}).get(name)


def _of(account: Finder, group: str) -> StoredObject | None:
    """Return the load balancer with the target group that CloudWatch knows by this part of its ARN."""
    for balancer in account.find(LOAD_BALANCER):
        if any(arn.rpartition(":")[2] == group for arn in balancer.outputs.get("targetGroups", {})):
            return balancer
    return None
