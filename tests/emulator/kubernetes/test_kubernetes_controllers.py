"""The controllers' decisions on object JSON."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emulator.aws import routing
from emulator.kubernetes.controllers import external_secrets, pod_needs, pod_programs, target_health
from emulator.kubernetes.controllers import load_balancer_model as model
from emulator.kubernetes.controllers.load_balancer_model import InvalidIngress, Listener

PREFIX = "alb.ingress.kubernetes.io"
REGISTRY = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com"


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


def binding(target_type: str = "ip") -> dict[str, Any]:
    return model.target_group_binding(ingress(target_type=target_type), "web", 3000, "ap-northeast-2", "1")


def test_gates_go_to_selected_pods_with_ip_targets() -> None:
    services = {"web": {"spec": {"selector": {"app": "web"}}}}
    pod = {"metadata": {"labels": {"app": "web"}}, "spec": {}}
    gate = model.gate(binding())
    assert target_health.gates_for(pod, [binding()], services) == [gate]
    assert target_health.gates_for(pod, [binding("instance")], services) == []
    assert target_health.gates_for({"metadata": {"labels": {"app": "x"}}, "spec": {}}, [binding()], services) == []
    assert target_health.gates_for(pod, [binding()], {}) == []
    patch = pod_programs.patch_of(pod, [gate])
    assert patch == [{"op": "add", "path": "/spec/readinessGates", "value": [{"conditionType": gate}]}]
    assert pod_programs.patch_of({"spec": {"readinessGates": [{"conditionType": gate}]}}, [gate]) == []


@pytest.mark.parametrize(
    ("rule", "reachable"),
    [
        ({"ipProtocol": "tcp", "fromPort": 3000, "toPort": 3000}, True),
        ({"ipProtocol": "tcp", "fromPort": 0, "toPort": 65535}, True),
        ({"ipProtocol": "-1"}, True),
        ({"ipProtocol": "tcp", "fromPort": 80, "toPort": 80}, False),
        ({"ipProtocol": "udp", "fromPort": 3000, "toPort": 3000}, False),
    ],
)
def test_security_group_rules(rule: dict[str, Any], reachable: bool) -> None:
    assert routing.may_reach([{**rule, "referencedSecurityGroupId": "sg-alb"}], "sg-alb", 3000) is reachable
    assert not routing.may_reach([{**rule, "referencedSecurityGroupId": "sg-other"}], "sg-alb", 3000)


def pod(**container: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": "ns"}, "spec": {"containers": [{"name": "c", "image": "x", **container}]}}


def test_images_nobody_pushed() -> None:
    image = f"{REGISTRY}/openmarket-dev/web:1"
    assert pod_needs.missing_images(pod(), lambda _: False) == []
    assert pod_needs.missing_images(pod(image=image), lambda _: True) == []
    (obstacle,) = pod_needs.missing_images(pod(image=image), lambda _: False)
    assert obstacle.state == "ImagePullBackOff"
    assert image in obstacle.message


def test_configuration_must_exist() -> None:
    def of(source: dict[str, Any], **found: Any) -> list[str]:
        target = pod(env=[{"name": "X", "valueFrom": source}])
        return [each.message for each in pod_needs.missing_configuration(target, lambda _, name: found.get(name))]

    key = {"secretKeyRef": {"name": "s", "key": "k"}}
    assert of(key) == ['Error: secret "s" not found']
    assert of(key, s={"data": {"other": ""}}) == ["Error: couldn't find key k in Secret ns/s"]
    assert of(key, s={"data": {"k": ""}}) == []
    assert of({"secretKeyRef": {"name": "s", "key": "k", "optional": True}}) == []
    assert of({"fieldRef": {"fieldPath": "metadata.name"}}) == []


@pytest.mark.parametrize(
    ("text", "expected"), [("1h", timedelta(hours=1)), ("1h30m", timedelta(minutes=90)), ("0", timedelta())]
)
def test_refresh_interval(text: str, expected: timedelta) -> None:
    assert external_secrets.refresh_interval(text) == expected


def test_external_secret_is_due_when_changed_failed_or_old() -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)

    def secret(ready: str = "True", generation: int = 1, synced: str = "2026-01-01T11:30:00Z") -> dict[str, Any]:
        conditions = [{"type": "Ready", "status": ready}]
        status = {"conditions": conditions, "refreshTime": synced, "syncedResourceVersion": "1"}
        return {"metadata": {"generation": generation}, "spec": {"refreshInterval": "1h"}, "status": status}

    assert not external_secrets.due(secret(), now)
    assert external_secrets.due(secret(ready="False"), now)
    assert external_secrets.due(secret(generation=2), now)
    assert external_secrets.due(secret(synced="2026-01-01T11:00:00Z"), now)


@pytest.mark.parametrize(
    ("conditions", "admitted"),
    [
        ([], True),
        ([{"namespaces": ["openmarket-dev"]}], True),
        ([{"namespaces": ["monitoring"]}], False),
        ([{"namespaces": ["monitoring"]}, {"namespaces": ["openmarket-dev"]}], True),
    ],
)
def test_a_store_may_be_for_some_namespaces_only(conditions: list[dict[str, Any]], admitted: bool) -> None:
    store = {"spec": {"provider": {}, "conditions": conditions}}
    assert external_secrets.admits(store, "openmarket-dev") is admitted
