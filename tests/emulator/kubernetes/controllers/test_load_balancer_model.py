"""The load balancer of an Ingress by its annotations."""

from typing import Any

import pytest

from emulator.kubernetes.controllers import load_balancer_model as model
from emulator.kubernetes.controllers.ingress_annotations import InvalidIngress
from emulator.kubernetes.controllers.load_balancer_model import Listener

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


def service(version: str = "") -> dict[str, Any]:
    annotations = {f"{PREFIX}/backend-protocol-version": version} if version else {}
    return {"metadata": {"name": "web", "annotations": annotations}}


def test_a_service_says_which_version_of_http_its_pods_speak() -> None:
    assert model.protocol_version(ingress(), service()) == "HTTP1"
    assert model.protocol_version(ingress(backend_protocol_version="HTTP2"), service()) == "HTTP2"
    assert model.protocol_version(ingress(backend_protocol_version="HTTP2"), service("GRPC")) == "GRPC"
    with pytest.raises(InvalidIngress, match=r"within \[HTTP1, HTTP2, GRPC\]: grpc"):
        model.protocol_version(ingress(), service("grpc"))


def test_another_version_is_another_target_group() -> None:
    names = {model.target_group_name(ingress(), "web", 3000, version) for version in ("HTTP1", "HTTP2", "GRPC")}
    assert len(names) == 3


def test_a_redirect_to_https_takes_the_place_of_the_rules_of_http() -> None:
    both = ingress(listen_ports='[{"HTTP": 80}, {"HTTPS": 443}]', certificate_arn="arn:x", ssl_redirect="443")
    listeners = model.served(both, {"web": "GRPC"})
    assert listeners["HTTP:80"]["rules"] == []
    assert listeners["HTTP:80"]["default"]["protocol"] == "HTTPS"
    (target,) = listeners["HTTPS:443"]["rules"][0]["action"]["targets"]
    assert target == {"service": "web", "port": 3000, "version": "GRPC"}
