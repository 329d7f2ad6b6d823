"""Readiness gates of target health."""

from typing import Any

from emulator.kubernetes.controllers import load_balancer_model as model
from emulator.kubernetes.controllers import pod_programs, target_health
from tests.emulator.kubernetes.controllers.test_load_balancer_model import ingress


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
