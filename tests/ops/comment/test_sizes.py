"""Everyday changes of size come with numbers: pods, nodes, dollars, memory, addresses, and when they take effect."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from analysis.preview import Preview, State, Step
from ops.comment.facts import Downtime, When
from ops.comment.finding import Kind, Severity
from ops.comment.review import Review, review
from ops.comment.size_facts import GroupLimits, NodesNeeded, Resized, Scaled
from ops.comment.text import comment
from tests.components.program import run_program, stack_file
from tests.ops.previews import change, preview, state, update

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EKS = "aws:eks/cluster:Cluster"


def changed(stack: str, edit: Callable[[dict[str, Any]], None]) -> Review:
    """The review of a change to the stack's file, of the program under mocks."""
    settings = deepcopy(stack_file(stack))
    edit(settings)
    sides = [
        {(each.type, each.name): each.inputs for each in made.resources}
        for made in (run_program(stack), run_program(stack, settings))
    ]
    steps: list[Step] = []
    for type_, name in sorted({*sides[0], *sides[1]}):
        old, new = (state(type_, name, **side[type_, name]) if (type_, name) in side else None for side in sides)
        op = "same" if old == new else "update" if old and new else "create" if new else "delete"
        steps.append(change(op, old, new))
    return review(Preview(stack=stack, steps=tuple(steps)))


def service(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda settings: settings["openmarket:services"]["backend-api"].update(changes)


def group(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda settings: settings["openmarket:cluster"]["nodeGroups"]["general"].update(changes)


def test_many_more_replicas_are_pods_nodes_and_dollars() -> None:
    found = changed("prod", service(replicas=40))
    facts = [each.fact for each in found.of(Kind.SCALING)]
    (scaled,) = [each for each in facts if isinstance(each, Scaled)]
    (nodes,) = [each for each in facts if isinstance(each, NodesNeeded)]
    assert (scaled.before.least, scaled.after.least) == (5, 40)
    assert nodes.least[1] > nodes.least[0]
    assert nodes.monthly
    # The estimate counts the same nodes, at the same price.
    assert round(found.costs.total) == round(nodes.monthly * (nodes.least[1] - nodes.least[0]))
    assert found.severity == Severity.LOOK
    assert not found.of(Kind.UNKNOWN)
    text = comment(found)
    assert "5 to 50 pods → 40 to 50 pods, of 1 CPU and 2 GiB each" in text
    assert f"{nodes.least[0]} → {nodes.least[1]} nodes of" in text


def test_replicas_that_the_nodes_hold_are_safe_and_say_so() -> None:
    found = changed("staging", service(maxReplicas=31))
    assert found.severity == Severity.NOTE
    assert "as many nodes of m7g.large as before" in comment(found) or "with every service at its maximum" in comment(
        found
    )


@pytest.mark.parametrize("less", [{"maxReplicas": 40}, {"cpu": "500m"}, {"memory": "1Gi"}])
def test_less_at_the_peak_or_in_each_pod_is_looked_at(less: dict[str, Any]) -> None:
    found = changed("prod", service(**less))
    assert [each.severity for each in found.of(Kind.SCALING) if isinstance(each.fact, Scaled)] == [Severity.LOOK]
    assert not found.of(Kind.UNKNOWN)


@pytest.mark.parametrize(("most", "severity"), [(60, Severity.NOTE), (31, Severity.LOOK)])
def test_other_limits_of_a_group_are_told_with_what_they_cost_at_most(most: int, severity: Severity) -> None:
    before = stack_file("prod")["openmarket:cluster"]["nodeGroups"]["general"]
    found = changed("prod", group(max=most))
    (only,) = found.of(Kind.SCALING)
    assert isinstance(only.fact, GroupLimits)
    assert (only.fact.before[1], only.fact.after[1]) == (before["max"], most)
    assert only.fact.monthly
    assert (only.severity, found.severity) == (severity, severity)
    assert "at the most" in comment(found)


def sized(type_: str, key: str, old: str, new: str, **inputs: Any) -> Review:
    cluster = state(CLUSTER, "db", clusterIdentifier="shop", preferredMaintenanceWindow="sun:18:30-sun:19:30")
    there = {"clusterIdentifier": "shop", **inputs}
    return review(preview(change("same", cluster, cluster), update(type_, {key: old, **there}, {key: new, **there})))


def test_a_smaller_class_says_how_much_memory_is_left_and_when() -> None:
    found = sized(INSTANCE, "instanceClass", "db.r7g.large", "db.t4g.medium", applyImmediately=False)
    (only,) = found.of(Kind.RESTART)
    assert only.severity == Severity.LOOK
    assert only.downtime
    assert only.downtime.when == When(waits=True, window="sun:18:30-sun:19:30")
    text = comment(found)
    assert "**memory 16 → 4 GiB, 25 % of before**" in text
    assert "it waits for the maintenance window, Sunday 18:30 to 19:30 UTC" in text


def test_a_window_of_its_own_comes_first_and_may_end_on_another_day() -> None:
    own = {"applyImmediately": False, "preferredMaintenanceWindow": "sat:23:45-sun:00:15"}
    text = comment(sized(INSTANCE, "instanceClass", "db.r7g.large", "db.r6g.large", **own))
    assert "Saturday 23:45 to Sunday 00:15 UTC" in text


def test_what_applies_at_once_says_so() -> None:
    found = sized(CACHE, "nodeType", "cache.t4g.small", "cache.t4g.micro", applyImmediately=True)
    assert [each.downtime for each in found.of(Kind.RESTART)] == [
        Downtime(time="stays online; seconds at the switch (AWS documentation: online scaling)", when=When(False))
    ]
    assert "memory 1.37 → 0.5 GiB, 36 % of before" in comment(found)
    assert "at once, as the update runs" in comment(found)


def test_a_class_that_is_not_known_is_not_guessed() -> None:
    assert "whose memory this review does not know" in comment(
        sized(INSTANCE, "instanceClass", "db.r7g.large", "db.x9.large", applyImmediately=False)
    )


@pytest.mark.parametrize(("units", "severity"), [(1, Severity.LOOK), (4, Severity.NOTE)])
def test_another_capacity_of_a_serverless_database_is_memory(units: float, severity: Severity) -> None:
    key = "serverlessv2ScalingConfiguration"
    old, new = ({key: {"minCapacity": 0, "maxCapacity": each}} for each in (2, units))
    found = review(preview(update(CLUSTER, old, new)))
    (only,) = found.of(Kind.SCALING)
    assert isinstance(only.fact, Resized)
    assert only.fact.gib == (4, 2 * units)
    assert found.severity == severity


def api(*cidrs: str) -> State:
    return state(EKS, "eks", vpcConfig={"endpointPublicAccess": True, "publicAccessCidrs": list(cidrs)})


def opened(stack: str, before: State, after: State) -> Review:
    return review(Preview(stack=stack, steps=(change("update", before, after),)))


@pytest.mark.parametrize(
    ("stack", "cidr", "severity"),
    [
        ("prod", "203.0.0.0/8", Severity.STOP),
        ("dev", "203.0.0.0/8", Severity.LOOK),
        ("prod", "203.0.0.0/16", Severity.LOOK),
        ("prod", "0.0.0.0/0", Severity.STOP),
        ("dev", "0.0.0.0/0", Severity.STOP),
    ],
)
def test_a_widened_network_is_counted_in_addresses(stack: str, cidr: str, severity: Severity) -> None:
    found = opened(stack, api("203.0.113.0/24"), api(cidr))
    (only,) = found.opened
    assert (only.verb, only.severity) == ("widened", severity)
    assert found.closed == ()
    assert "`203.0.113.0/24 (256 addresses)` →" in comment(found)
    assert "closed" not in comment(found)


def test_a_network_that_is_private_is_no_part_of_the_internet() -> None:
    rules = [state(RULE, fromPort=3306, toPort=3306, cidrIpv4=each) for each in ("10.30.0.0/24", "10.0.0.0/8")]
    found = opened("prod", *rules)
    assert [(each.verb, each.severity) for each in found.opened] == [("widened", Severity.LOOK)]
    assert "10.0.0.0/8 (16,777,216 addresses)" in comment(found)


def test_a_security_group_of_production_that_opens_to_many_is_red() -> None:
    rules = [state(RULE, fromPort=22, toPort=22, cidrIpv4=each) for each in ("198.51.100.7/32", "198.0.0.0/8")]
    assert opened("prod", *rules).severity == Severity.STOP
    assert "198.51.100.7/32 (1 address)" in comment(opened("prod", *rules))


def test_a_network_that_gets_smaller_is_narrowed() -> None:
    found = opened("prod", api("203.0.0.0/8"), api("203.0.113.0/24"))
    assert [(each.verb, each.severity) for each in found.opened] == [("narrowed", Severity.LOOK)]
    assert found.closed == ()


def test_another_network_is_opened_and_the_old_one_closed() -> None:
    found = opened("prod", api("203.0.113.0/24"), api("198.51.100.0/24"))
    assert [each.verb for each in found.opened] == ["opened"]
    assert [each.open_to for each in found.closed] == ["203.0.113.0/24"]
