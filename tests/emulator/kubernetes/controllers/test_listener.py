"""What a load balancer answers, by the name that it is asked for."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from emulator.kubernetes.controllers import listener
from emulator.kubernetes.controllers.context import Context

NAME = "k8s-shop-1.us-east-1.elb.amazonaws.com"
BACKEND = {"service": {"name": "web", "port": {"number": 80}}}


def asked(host: str, spec: dict[str, Any], balancers: list[dict[str, str]]) -> int:
    ingress = {
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": spec,
        "status": {"loadBalancer": {"ingress": balancers}},
    }
    ready = {"endpoints": [{"conditions": {"ready": True}}]}
    lists = {"Ingress": [ingress], "EndpointSlice": [ready]}
    context = SimpleNamespace(api=SimpleNamespace(list=lambda _version, kind, *_, **__: lists[kind]))
    return listener.answer(cast(Context, context), host, tls=False).status


@pytest.mark.parametrize(
    ("host", "spec", "status"),
    [
        (NAME, {"defaultBackend": BACKEND}, 200),
        (NAME, {"rules": [{"http": {"paths": [{"backend": BACKEND}]}}]}, 200),
        (NAME, {"rules": [{"host": "shop.example.com", "http": {"paths": [{"backend": BACKEND}]}}]}, 404),
        ("shop.example.com", {"rules": [{"host": "shop.example.com", "http": {"paths": [{"backend": BACKEND}]}}]}, 200),
        ("other.example.com", {"defaultBackend": BACKEND}, 404),
    ],
)
def test_a_load_balancer_answers_to_its_own_name_and_its_rules(host: str, spec: dict[str, Any], status: int) -> None:
    assert asked(host, spec, [{"hostname": NAME}]) == status


def test_without_a_load_balancer_nobody_answers() -> None:
    assert asked(NAME, {"defaultBackend": BACKEND}, []) == 404
