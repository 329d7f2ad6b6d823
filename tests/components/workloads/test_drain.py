"""A pod serves for as long as the load balancer may send it requests, and leaves before its node does."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pulumi
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components import config
from components.config.services import LONGEST_DRAIN_SECONDS
from components.workloads.drain import ENDING_SECONDS, LOAD_BALANCER_SECONDS, NODE_DRAIN_SECONDS, Drain
from components.workloads.pod import Environment
from components.workloads.service import cluster_ip_service
from components.workloads.service_context import ServiceContext
from components.workloads.web_service import WebService, WebServiceArgs
from tests.components.program import STACKS, Deployed, run, run_program, stack_file

STILL_SENDING = 40
"""Seconds."""
SPOT_NOTICE = 120
EKS_REACTS = 20
NOTHING = Environment({}, "settings", [])
SERVICES = ("frontend-web", "backend-api")


def rendered(stack: str, seconds: Mapping[str, int]) -> Deployed:
    """Each service alone, as the shop renders it for these drainSeconds."""
    values = deepcopy(stack_file(stack))
    for service, drain in seconds.items():
        values["openmarket:services"][service]["drainSeconds"] = drain

    def program() -> None:
        for service, stanza in config.load().web.items():
            cluster_ip_service(service, service, "shop", stanza, pulumi.ResourceOptions())
            given = ServiceContext(service, "shop", False, "arn", NOTHING, [], None, None, [])
            WebService(service, WebServiceArgs(stanza, given))

    return run(stack, values, program)


def deregistration(deployed: Deployed, name: str) -> int:
    """Seconds that the target group keeps the connections of a target that leaves."""
    annotations = deployed.one("core/v1:Service", name).inputs["metadata"]["annotations"]
    attributes = annotations["alb.ingress.kubernetes.io/target-group-attributes"]
    return int(
        dict(attribute.split("=") for attribute in attributes.split(","))["deregistration_delay.timeout_seconds"]
    )


def check(deployed: Deployed, prefix: str, service: str, seconds: int) -> None:
    """The order of a departure, on the objects that Kubernetes and AWS get."""
    deployment = deployed.one("apps/v1:Deployment", f"{prefix}{service}-deployment").inputs["spec"]
    pod = deployment["template"]["spec"]
    pre_stop = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
    grace = pod["terminationGracePeriodSeconds"]
    assert pre_stop >= STILL_SENDING
    assert deregistration(deployed, f"{prefix}{service}-service") >= STILL_SENDING + seconds
    assert grace > pre_stop + seconds
    assert EKS_REACTS + grace <= SPOT_NOTICE
    budget = deployed.one(":PodDisruptionBudget", f"{prefix}{service}-disruption-budget").inputs["spec"]
    assert budget["maxUnavailable"] == 1
    assert "minAvailable" not in budget
    assert budget["selector"] == deployment["selector"]
    assert deployment["replicas"] > budget["maxUnavailable"]


@pytest.mark.parametrize("stack", STACKS)
@settings(max_examples=10)
@given(seconds=st.fixed_dictionaries(dict.fromkeys(SERVICES, st.integers(5, 50))))
def test_no_request_is_lost_whatever_the_seconds(stack: str, seconds: dict[str, int]) -> None:
    deployed = rendered(stack, seconds)
    for service in SERVICES:
        check(deployed, "", service, seconds[service])


@pytest.mark.parametrize("stack", STACKS)
def test_the_stacks_as_they_are(stack: str) -> None:
    for service in SERVICES:
        check(run_program(stack), "shop-", service, 30)


@pytest.mark.parametrize(("seconds", "expected"), [(5, (40, 45, 55)), (30, (40, 70, 80)), (50, (40, 90, 100))])
def test_arithmetic(seconds: int, expected: tuple[int, int, int]) -> None:
    drain = Drain(seconds)
    assert (drain.pre_stop_seconds, drain.deregistration_seconds, drain.grace_seconds) == expected


def test_the_longest_drain_is_all_that_a_spot_node_leaves() -> None:
    assert LONGEST_DRAIN_SECONDS == SPOT_NOTICE - NODE_DRAIN_SECONDS - LOAD_BALANCER_SECONDS - ENDING_SECONDS


@pytest.mark.parametrize("seconds", [0, 4, 51, 3600])
def test_seconds_that_break_it_are_refused(seconds: int) -> None:
    with pytest.raises(Exception, match=f"drainSeconds is {seconds}\n.*5 to 50: spot nodes go after two minutes"):
        rendered("dev", {"frontend-web": seconds})


@pytest.mark.parametrize("stack", STACKS)
def test_a_new_pod_may_take_longer_than_the_load_balancers_health_checks(stack: str) -> None:
    deployed = run_program(stack)
    annotations: dict[str, Any] = deployed.one("networking.k8s.io/v1:Ingress").inputs["metadata"]["annotations"]
    alb = {key.removeprefix("alb.ingress.kubernetes.io/"): value for key, value in annotations.items()}
    interval, timeout = int(alb["healthcheck-interval-seconds"]), int(alb["healthcheck-timeout-seconds"])
    healthy = interval * int(alb["healthy-threshold-count"])
    assert timeout < interval
    # One lost answer is no reason to take a target out.
    assert int(alb["unhealthy-threshold-count"]) > 1
    for service, stanza in config_of(stack).web.items():
        deployment = deployed.one("apps/v1:Deployment", f"shop-{service}-deployment").inputs["spec"]
        container = deployment["template"]["spec"]["containers"][0]
        probe = container["startupProbe"]
        starts = probe["periodSeconds"] * probe["failureThreshold"]
        assert starts >= stanza.startup_seconds
        # The controller registers a target once its containers are ready: both times add up.
        assert starts + healthy + 60 <= deployment["progressDeadlineSeconds"]


def config_of(stack: str) -> config.StackConfig:
    """The stack's configuration."""
    loaded: list[config.StackConfig] = []
    run(stack, stack_file(stack), lambda: loaded.append(config.load()))
    return loaded[0]
