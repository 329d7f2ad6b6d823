"""Freedoms, secrets and images of pods beyond the one example of each rule."""

from typing import Any

import pytest

from policies.resources import Resource
from tests.policies.cases import DEPLOYMENT, FIRST, POD, Path, changed
from tests.policies.test_rules import violations

_DEPLOYMENT = "kubernetes:apps/v1:Deployment"
_WEB = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/shop/web"


def keeps(rule: str, place: Path, value: Any, type_: str = _DEPLOYMENT) -> bool:
    return not violations(rule, [Resource(type_, "subject", changed(DEPLOYMENT, {place: value}))])


@pytest.mark.parametrize(
    ("rule", "place", "value"),
    [
        ("pod-hardened", (*FIRST, "securityContext", "runAsUser"), 0),
        ("pod-hardened", (*POD, "securityContext", "runAsUser"), 0),
        ("pod-hardened", (*FIRST, "securityContext", "procMount"), "Unmasked"),
        ("pod-hardened", (*FIRST, "securityContext", "capabilities", "add"), ["SYS_ADMIN"]),
        ("pod-hardened", (*POD, "ephemeralContainers"), [{"name": "debug"}]),
        ("pod-off-host", (*FIRST, "ports"), [{"containerPort": 80, "hostPort": 80}]),
        ("pod-off-host", (*POD, "securityContext", "sysctls"), [{"name": "kernel.msgmax", "value": "1"}]),
        ("account-token", (*POD, "automountServiceAccountToken"), True),
        ("image-exact", (*FIRST, "image"), "nginx@sha256:abc"),
        ("image-exact", (*FIRST, "image"), "localhost:5000/nginx:stable"),
        ("image-by-digest", (*FIRST, "image"), f"{_WEB}@sha256:abc"),
    ],
)
def test_what_a_pod_must_not_say(rule: str, place: Path, value: Any) -> None:
    assert not keeps(rule, place, value)


@pytest.mark.parametrize(
    ("rule", "place", "value"),
    [
        ("pod-hardened", (*FIRST, "securityContext", "runAsUser"), 1000),
        ("pod-hardened", (*FIRST, "securityContext", "capabilities", "add"), ["NET_BIND_SERVICE"]),
        ("account-token", (*POD, "automountServiceAccountToken"), False),
        ("image-exact", (*FIRST, "image"), "localhost:5000/nginx:1.29"),
    ],
)
def test_what_a_pod_may_say(rule: str, place: Path, value: Any) -> None:
    assert keeps(rule, place, value)


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("DB_PASS", "x", True),
        ("PASSWORD_FOR_DB", "x", True),
        ("DATABASE_URL", "mysql://shop:hunter2@db:3306/shop", True),
        ("BYPASS", "x", False),
        ("DATABASE_URL", "mysql://db:3306/shop", False),
        ("CONTACT", "https://shop.example/a:b@c", False),
    ],
)
def test_secrets_by_name_and_by_value(name: str, value: str, secret: bool) -> None:
    assert keeps("no-plain-secrets", (*FIRST, "env", 0), {"name": name, "value": value}) is not secret


@pytest.mark.parametrize("kind", ["apps/v1:ReplicaSet", "core/v1:ReplicationController", "apps/v1:DeploymentPatch"])
def test_every_kind_that_makes_pods(kind: str) -> None:
    assert not keeps("pod-off-host", (*POD, "hostNetwork"), True, f"kubernetes:{kind}")


def test_a_patch_leaves_the_account_as_it_is() -> None:
    patch = Resource(
        "kubernetes:apps/v1:DeploymentPatch", "subject", {"metadata": {"name": "web", "namespace": "shop"}}
    )
    assert not violations("pod-identity", [patch])


@pytest.mark.parametrize(
    ("port", "kept"), [("http", True), (8080, True), (8080.0, True), ("8080", True), ("metrics", False), (3001, False)]
)
def test_a_probe_asks_a_port_of_its_container(port: Any, kept: bool) -> None:
    content = changed(
        DEPLOYMENT,
        {
            (*FIRST, "ports"): [{"name": "http", "containerPort": 8080}],
            (*FIRST, "livenessProbe"): {"tcpSocket": {"port": port}},
        },
    )
    assert (not violations("probe-on-own-port", [Resource(_DEPLOYMENT, "subject", content)])) is kept
