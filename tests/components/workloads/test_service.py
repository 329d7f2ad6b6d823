"""The Services of web services."""

from copy import deepcopy
from typing import Any

import pytest

from tests.components.program import Deployed, run_program, stack_file
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


ALB = "alb.ingress.kubernetes.io/"


IMAGE = f"registry.example.com/frontend@sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("version", "image", "expected"),
    [
        ("http1", IMAGE, {"healthcheck-path": "/"}),
        # The placeholder speaks HTTP/1.1, whatever the service is going to speak.
        ("grpc", "", {"healthcheck-path": "/"}),
        ("http2", IMAGE, {"healthcheck-path": "/", "backend-protocol-version": "HTTP2"}),
        (
            "grpc",
            IMAGE,
            {
                "healthcheck-path": "/grpc.health.v1.Health/Check",
                "success-codes": "0",
                "backend-protocol-version": "GRPC",
            },
        ),
    ],
)
def test_the_load_balancer_speaks_what_the_service_does(version: str, image: str, expected: dict[str, str]) -> None:
    settings = deepcopy(stack_file("staging"))
    settings["openmarket:services"]["frontend-web"] |= {"protocolVersion": version, "image": image}
    if version == "grpc":
        settings["openmarket:services"]["frontend-web"]["health"] = {"protocol": "grpc"}
    made = service_object(run_program("staging", settings))["metadata"]["annotations"]
    found = {key.removeprefix(ALB): value for key, value in made.items() if key.startswith(ALB)}
    assert {key: value for key, value in found.items() if key != "target-group-attributes"} == expected
