"""Where a load balancer sends requests."""

import json
from typing import Any

import pytest

from emulator.kubernetes.controllers import load_balancer_model
from emulator.kubernetes.controllers.load_balancer_rules import NOT_FOUND, route

PREFIX = "alb.ingress.kubernetes.io"


def rule(host: str, service: str, **port: Any) -> dict[str, Any]:
    backend = {"service": {"name": service, "port": port}}
    return {"host": host, "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}


FORWARD = {"type": "forward", "forwardConfig": {"targetGroups": [{"serviceName": "backoffice", "servicePort": 4000}]}}
INGRESS: dict[str, Any] = {
    "metadata": {
        "namespace": "shop",
        "name": "shop",
        "uid": "u",
        "annotations": {
            f"{PREFIX}/actions.admin-1": json.dumps(FORWARD),
            f"{PREFIX}/conditions.admin-1": json.dumps(
                [{"field": "source-ip", "sourceIpConfig": {"values": ["198.51.100.0/24"]}}]
            ),
        },
    },
    "spec": {
        "rules": [
            rule("example.com", "frontend", number=3000),
            rule("admin.example.com", "admin-1", name="use-annotation"),
        ]
    },
}


@pytest.mark.parametrize(
    ("host", "source", "expected"),
    [
        ("example.com", "203.0.113.9", "frontend:3000"),
        ("admin.example.com", "198.51.100.7", "backoffice:4000"),
        ("admin.example.com", "203.0.113.9", NOT_FOUND),
        ("elsewhere.example.com", "198.51.100.7", NOT_FOUND),
    ],
)
def test_a_request_goes_by_host_and_source(host: str, source: str, expected: str) -> None:
    assert route(INGRESS, host, source) == expected


def test_a_service_behind_an_action_has_targets_too() -> None:
    assert load_balancer_model.backends(INGRESS) == [("backoffice", 4000), ("frontend", 3000)]
