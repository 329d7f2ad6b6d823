"""The Services of web services."""

from typing import Any

from tests.components.program import Deployed
from tests.components.workloads.rendered import SERVICES, deployment, with_service


def service_object(deployed: Deployed, service: str = "frontend-web") -> dict[str, Any]:
    return dict(deployed.one("core/v1:Service", f"shop-{service}-service").inputs)


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
