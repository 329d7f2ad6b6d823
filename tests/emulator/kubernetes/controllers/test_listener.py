"""What a load balancer answers, by the name that it is asked for."""

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from emulator.kubernetes.controllers import listener, load_balancer_model
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.listener import Answer
from emulator.kubernetes.controllers.load_balancer_conditions import Request

NAME = "k8s-shop-1.us-east-1.elb.amazonaws.com"
BACKEND = {"service": {"name": "web", "port": {"number": 80}}}


def answer(host: str, spec: dict[str, Any], balancers: list[dict[str, str]], **more: str) -> Answer:
    """The answer of a load balancer with the rules of an Ingress and these annotations, to a request for `/a?b=c`."""
    annotations = {f"alb.ingress.kubernetes.io/{key}": value for key, value in more.items()}
    ingress = {
        "metadata": {"name": "shop", "namespace": "shop", "uid": "u", "annotations": annotations},
        "spec": spec,
        "status": {"loadBalancer": {"ingress": balancers}},
    }
    ready = {"endpoints": [{"conditions": {"ready": True}}]}
    lists = {"Ingress": [ingress], "EndpointSlice": [ready]}
    context = SimpleNamespace(
        cluster="dev",
        api=SimpleNamespace(list=lambda _version, kind, *_, **__: lists[kind]),
        aws=SimpleNamespace(listeners=lambda _: load_balancer_model.served(ingress, {})),
    )
    request = Request(host, "/a", listener.INTERNET, "b=c")
    return listener.answer(cast(Context, context), request, tls=False)


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
    assert answer(host, spec, [{"hostname": NAME}]).status == status


def test_without_a_load_balancer_nobody_answers() -> None:
    assert answer(NAME, {"defaultBackend": BACKEND}, []).status == 404


BY_ACTION = {"rules": [{"host": "x", "http": {"paths": [{"backend": {
    "service": {"name": "it", "port": {"name": "use-annotation"}}}}]}}]}  # fmt: skip


def test_a_redirect_keeps_what_it_does_not_say() -> None:
    action = {"type": "redirect", "redirectConfig": {"host": "shop.example.com", "statusCode": "HTTP_301"}}
    found = answer("x", BY_ACTION, [{"hostname": NAME}], **{"actions.it": json.dumps(action)})
    assert (found.status, found.location) == (301, "http://shop.example.com:80/a?b=c")
    action["redirectConfig"] = {"path": "/new/#{path}", "query": "", "statusCode": "HTTP_302"}
    found = answer("x", BY_ACTION, [{"hostname": NAME}], **{"actions.it": json.dumps(action)})
    assert (found.status, found.location) == (302, "http://x:80/new/a")


def test_a_fixed_response_is_the_load_balancers_own() -> None:
    config = {"statusCode": "503", "contentType": "text/html", "messageBody": "<p>Later"}
    action = {"type": "fixed-response", "fixedResponseConfig": config}
    found = answer("x", BY_ACTION, [{"hostname": NAME}], **{"actions.it": json.dumps(action)})
    assert found == Answer(503, "<p>Later", content_type="text/html")
