"""The nodes that a stack's resources need are those of the configuration's own arithmetic."""

from copy import deepcopy
from typing import Any

import pytest

from analysis.capacity import Capacity, Group, capacity
from analysis.preview import State
from components.base.pods import Demand
from components.config.capacity import catalogue, subtract
from components.config.placement import fits
from tests.analysis.cost.costs import NODE_GROUP, state
from tests.components.program import STACKS, run_program, stack_file

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
SCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
SCALED_OBJECT = "kubernetes:keda.sh/v1alpha1:ScaledObject"
RELEASE = "kubernetes:helm.sh/v3:Release"
AUTOSCALER = state(RELEASE, {"chart": "cluster-autoscaler", "values": {}}, "autoscaler")


def group(name: str = "general", **inputs: Any) -> State:
    sizes = {"minSize": 1, "desiredSize": 2, "maxSize": 30}
    return state(NODE_GROUP, {"instanceTypes": ["m7g.large"], "scalingConfig": sizes, **inputs}, name)


def deployment(cpu: str = "1", memory: str = "1Gi", replicas: int = 2, name: str = "web") -> State:
    container = {"name": name, "resources": {"requests": {"cpu": cpu, "memory": memory}}}
    spec = {"replicas": replicas, "template": {"spec": {"containers": [container]}}}
    return state(DEPLOYMENT, {"metadata": {"name": name, "namespace": "shop"}, "spec": spec}, name)


def scaler(least: float, most: float, name: str = "web") -> State:
    spec = {"scaleTargetRef": {"name": name}, "minReplicas": least, "maxReplicas": most}
    return state(SCALER, {"metadata": {"name": f"{name}-hpa", "namespace": "shop"}, "spec": spec}, f"{name}-hpa")


@pytest.mark.parametrize("stack", STACKS)
def test_the_shop_is_read_from_its_resources(stack: str) -> None:
    resources = run_program(stack).resources
    found = capacity(State(urn=f"urn:pulumi:{stack}::o::{each.type}::{each.name}", type=each.type, inputs=each.inputs)
                     for each in resources)  # fmt: skip
    filed = stack_file(stack)
    services = filed["openmarket:services"]
    assert {name: (each.least, each.most) for name, each in found.services.items()} == {
        name: (each["replicas"], each["maxReplicas"]) for name, each in services.items()
    }
    settings = catalogue.AddonsConfig.model_validate(deepcopy(filed["openmarket:addons"]))
    assert found.addons == catalogue.pods(settings)
    assert found.autoscaled
    (only,) = found.groups
    assert only.types == tuple(filed["openmarket:cluster"]["nodeGroups"]["general"]["instanceTypes"])


def test_what_keda_scales_counts_with_its_limits_and_keda_with_its_pods() -> None:
    spec = {"scaleTargetRef": {"name": "web"}, "minReplicaCount": 3, "maxReplicaCount": 9, "triggers": []}
    scaled = state(SCALED_OBJECT, {"metadata": {"name": "web", "namespace": "shop"}, "spec": spec}, "web-autoscaler")
    usual = capacity([group(), deployment(), scaler(3, 9)])
    found = capacity([group(), deployment(), scaled, state(RELEASE, {"chart": "keda", "values": {}}, "keda")])
    assert found.services == usual.services
    assert len(found.addons.deployed) - len(usual.addons.deployed) == len(catalogue.Keda(2).pods().deployed)


def test_the_nodes_hold_the_pods_and_one_less_does_not() -> None:
    found = capacity([group(), AUTOSCALER, deployment(), scaler(20, 24)])
    (nodes,) = found.at_least.values()
    (general,) = found.groups
    assert general.room
    room = subtract(general.room, found.addons.per_node)
    pods = [*found.addons.deployed, *[Demand(1000, 1024)] * 20]
    assert fits(pods, [room] * nodes)
    assert not fits(pods, [room] * (nodes - 1))
    assert found.at_most["general"] > nodes


def test_a_deployment_without_an_autoscaler_has_its_replicas() -> None:
    (only,) = capacity([deployment(replicas=3)]).services.values()
    assert (only.least, only.most, only.pod) == (3, 3, Demand(1000, 1024))


def test_what_an_init_container_takes_counts_if_it_is_more() -> None:
    web = deployment(cpu="100m")
    spec = deepcopy(dict(web.inputs["spec"]))
    spec["template"]["spec"]["initContainers"] = [{"resources": {"requests": {"cpu": "2", "memory": "64Mi"}}}]
    (only,) = capacity([web.model_copy(update={"inputs": {**web.inputs, "spec": spec}})]).services.values()
    assert only.pod == Demand(2000, 1024)


def test_nodes_stay_within_the_group() -> None:
    small = {"minSize": 3, "desiredSize": 3, "maxSize": 4}
    found = capacity([group(scalingConfig=small), AUTOSCALER, deployment(), scaler(2, 60)])
    assert (found.at_least, found.at_most) == ({"general": 3}, {"general": 4})


def test_the_last_group_grows_and_a_tainted_one_counts_for_nothing() -> None:
    tainted = group("zz", taints=[{"key": "a", "effect": "NO_SCHEDULE"}])
    found = capacity([tainted, group("a"), group("b"), AUTOSCALER, deployment(), scaler(20, 20)])
    assert found.at_least["a"] == 1
    assert found.at_least["b"] > 1
    assert set(found.at_least) == {"a", "b"}


def bound_to(name: str, made: State) -> State:
    spec = deepcopy(dict(made.inputs["spec"]))
    spec["template"]["metadata"] = {"annotations": {"openmarket/node-group": name}}
    return made.model_copy(update={"inputs": {**made.inputs, "spec": spec}})


def test_what_is_bound_to_a_group_makes_it_grow_and_no_other() -> None:
    batch = group("cluster-nodes-batch-group", taints=[{"key": "a", "effect": "NO_SCHEDULE"}])
    worker = bound_to("batch", deployment(name="worker"))
    shop = [group("cluster-nodes-general-group"), AUTOSCALER, deployment(), scaler(2, 2)]
    before = capacity(shop)
    after = capacity([*shop, batch, worker, scaler(5, 20, "worker")])
    assert set(before.at_least) == {"cluster-nodes-general-group"}
    for nodes in (before.at_least, after.at_least, after.at_most):
        assert nodes["cluster-nodes-general-group"] == before.at_least["cluster-nodes-general-group"]
    assert after.services["worker"].group == "batch"
    assert after.at_most["cluster-nodes-batch-group"] > after.at_least["cluster-nodes-batch-group"] > 1


def test_what_is_bound_to_the_only_group_counts_beside_the_others() -> None:
    general = group("cluster-nodes-general-group")
    resources = [general, AUTOSCALER, deployment(), scaler(10, 10)]
    free = capacity([*resources, deployment(name="worker"), scaler(10, 10, "worker")])
    bound = capacity([*resources, bound_to("general", deployment(name="worker")), scaler(10, 10, "worker")])
    assert bound.at_least == free.at_least


@pytest.mark.parametrize(
    "resources",
    [
        [group(), AUTOSCALER],
        [group(instanceTypes=["x9.large"]), AUTOSCALER, deployment()],
        [group(), AUTOSCALER, state(DEPLOYMENT, {}, "not-known-yet")],
        [AUTOSCALER, deployment()],
    ],
)
def test_what_is_not_known_is_not_guessed(resources: list[State]) -> None:
    assert capacity(resources).at_least == {}


def test_without_an_autoscaler_the_desired_size_stays() -> None:
    assert capacity([group(), deployment(), scaler(40, 40)]).at_least == {"general": 2}


def test_one_type_that_is_not_known_leaves_the_group_open() -> None:
    found: Capacity = capacity([group(instanceTypes=["m7g.large", "x9.large"])])
    (only,) = found.groups
    assert only == Group("general", ("m7g.large", "x9.large"), 1, 2, 30, None)
