"""The Services of web services."""

from copy import deepcopy
from typing import Any

import pytest

from tests.components.program import Deployed, run_program, stack_file

SERVICES = pytest.mark.parametrize("service", ["backend-api", "frontend-web"])


def deployment(deployed: Deployed, service: str) -> dict[str, Any]:
    """The Deployment's spec."""
    return deployed.one("apps/v1:Deployment", f"shop-{service}-deployment").inputs["spec"]


def service_object(deployed: Deployed, service: str = "frontend-web") -> dict[str, Any]:
    return dict(deployed.one("core/v1:Service", f"shop-{service}-service").inputs)


def with_service(**changes: Any) -> Deployed:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:services"]["frontend-web"] |= changes
    return run_program("dev", settings)


@SERVICES
def test_the_service_is_not_awaited_and_translates_no_port(dev: Deployed, service: str) -> None:
    made = service_object(dev, service)
    assert made["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
    assert made["spec"]["type"] == "ClusterIP"
    (port,) = made["spec"]["ports"]
    assert port["port"] == port["targetPort"] == 3000
    assert made["spec"]["selector"] == deployment(dev, service)["template"]["metadata"]["labels"]


def test_browsers_stay_with_a_pod() -> None:
    attributes = service_object(with_service(drainSeconds=20))["metadata"]["annotations"]
    assert attributes["alb.ingress.kubernetes.io/target-group-attributes"].split(",") == [
        *("deregistration_delay.timeout_seconds=60", "stickiness.enabled=true", "stickiness.type=lb_cookie"),
        "stickiness.lb_cookie.duration_seconds=3600",
    ]
