"""The load balancer of an Ingress by its annotations."""

from typing import Any

import pytest

from emulator.kubernetes.controllers import load_balancer_model as model
from emulator.kubernetes.controllers.load_balancer_model import InvalidIngress, Listener

PREFIX = "alb.ingress.kubernetes.io"


def ingress(**annotations: str) -> dict[str, Any]:
    backend = {"service": {"name": "web", "port": {"number": 3000}}}
    named = {f"{PREFIX}/{key.replace('_', '-')}": value for key, value in annotations.items()}
    return {
        "metadata": {"name": "openmarket-ingress", "namespace": "openmarket-dev", "uid": "u", "annotations": named},
        "spec": {"rules": [{"host": "x", "http": {"paths": [{"backend": backend}, {"backend": backend}]}}]},
    }


def test_listeners() -> None:
    assert model.listeners(ingress()) == [Listener("HTTP", 80)]
    both = ingress(listen_ports='[{"HTTP": 80}, {"HTTPS": 443}]', certificate_arn="arn:x")
    assert model.listeners(both) == [Listener("HTTP", 80), Listener("HTTPS", 443)]
    with pytest.raises(InvalidIngress, match="no certificate"):
        model.listeners(ingress(listen_ports='[{"HTTPS": 443}]'))
    with pytest.raises(InvalidIngress, match="listen-ports"):
        model.listeners(ingress(listen_ports="80"))


def test_backends_are_listed_once() -> None:
    assert model.backends(ingress()) == [("web", 3000)]


def test_names_fit_aws() -> None:
    name = model.load_balancer_name("dev", ingress())
    assert name.startswith("k8s-openmark-openmark-")
    assert len(name) <= 32
    assert model.load_balancer_name("dev", ingress(load_balancer_name="mine")) == "mine"
