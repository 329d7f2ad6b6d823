"""What the first deployment of each stack, and its deletion, takes on AWS: no edge that AWS does not force."""

import pytest

from analysis.preview import State
from analysis.timing import projection
from analysis.timing.durations import CREATE, DELETE
from analysis.urns import name_of, type_of
from tests.components.program import STACKS, run_program

CHAIN = {
    "aws:kms/key:Key", "aws:cloudwatch/logGroup:LogGroup", "aws:iam/role:Role",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/rolePolicy:RolePolicy", "aws:eks/cluster:Cluster",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider", "aws:eks/addon:Addon", "aws:eks/nodeGroup:NodeGroup",
    "kubernetes:helm.sh/v3:Release", "kubernetes:networking.k8s.io/v1:Ingress", "kubernetes:apps/v1:Deployment",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
}  # fmt: skip
"""Types of AWS's own chain: a key, the control plane, its network, nodes, the controller, the load balancer, pods."""
SLOW = ("aws:rds/clusterInstance:ClusterInstance", "aws:elasticache/replicationGroup:ReplicationGroup")


def states(stack: str) -> list[State]:
    """The program's resources, each with what the engine waits for before it."""
    made = run_program(stack)
    urns = {each.name: f"urn:pulumi:{stack}::openmarket::{each.type}::{each.name}" for each in made.resources}
    return [
        State(
            urn=urns[each.name],
            type=each.type,
            custom=not each.type.startswith(("openmarket:", "eks:")),
            inputs=each.inputs,
            dependencies=tuple(urns[name] for name in made.needed.get(each.name, ()) if name in urns),
        )
        for each in made.resources
    ]


@pytest.mark.parametrize("stack", STACKS)
def test_only_what_aws_forces_decides_the_time_of_a_first_deployment(stack: str) -> None:
    found = projection.deployment(states(stack))
    path = found.timeline.path()
    assert {type_of(urn) for urn in path if found.seconds[urn]} <= CHAIN
    # Each link once: nothing waits for a second one of its kind, but add-ons for the nodes and nodes for an add-on.
    counted = [type_of(urn) for urn in path if found.seconds[urn] > 10]
    assert len(counted) == len(set(counted)) + max(counted.count("aws:eks/addon:Addon") - 1, 0)


@pytest.mark.parametrize("stack", STACKS)
def test_data_stores_do_not_wait_for_the_control_plane(stack: str) -> None:
    found = projection.deployment(states(stack)).timeline
    control_plane = next(urn for urn in found.ended if type_of(urn) == "eks:index:Cluster")
    for urn in found.ended:
        if type_of(urn) in SLOW:
            assert control_plane not in found.path(urn), name_of(urn)


@pytest.mark.parametrize("stack", STACKS)
def test_a_deletion_takes_no_longer_than_its_own_chain(stack: str) -> None:
    found = projection.deletion(states(stack))
    slow = [type_of(urn) for urn in found.timeline.path() if found.seconds[urn] > 60]
    assert len(slow) == len(set(slow))


def state(type_: str, name: str = "one", **inputs: str) -> State:
    urn = f"urn:pulumi:dev::openmarket::{type_}::{name}"
    return State(urn=urn, type=type_, custom=not type_.startswith("openmarket:"), inputs=inputs)


def test_pods_wait_for_nodes_that_the_engine_does_not_wait_for() -> None:
    nodes, chart = state("aws:eks/nodeGroup:NodeGroup"), state("kubernetes:helm.sh/v3:Release")
    found = projection.deployment([nodes, chart]).timeline
    assert found.begun[chart.urn] == found.ended[nodes.urn] == CREATE[nodes.type]


def test_components_and_providers_take_no_time() -> None:
    listed = [state("openmarket:data:Redis"), state("pulumi:providers:aws")]
    assert projection.deployment(listed).timeline.total == 0


def test_the_addons_have_durations_by_name() -> None:
    dns, other = (state("aws:eks/addon:Addon", name, addonName=name) for name in ("coredns", "unknown"))
    found = projection.deployment([dns, other])
    assert 0 < found.seconds[dns.urn] < found.seconds[other.urn]
    assert projection.deletion([dns]).timeline.total == DELETE[dns.type]
