"""The main job: from nothing to a shop behind an ALB, unchanged, changed, and back to nothing."""

import re

import pytest

from tests.e2e.checkout import Checkout
from tests.ops.cost_documentation import estimated

pytestmark = pytest.mark.e2e

NAMESPACE = "openmarket-dev"


@pytest.fixture(scope="module")
def deployed(checkout: Checkout) -> Checkout:
    """The dev stack after its first `up`, here and from nothing: that is what this file is about."""
    checkout.up("dev")
    return checkout


def test_outputs_name_the_shop(deployed: Checkout) -> None:
    outputs = deployed.outputs("dev")
    assert re.fullmatch(r"k8s-[a-z0-9-]+\.ap-northeast-2\.elb\.amazonaws\.com", outputs["alb_dns"])
    assert outputs["cluster_name"] == "openmarket-dev-eks"
    assert outputs["namespace"] == NAMESPACE
    assert outputs["region"] == "ap-northeast-2"
    assert outputs["vpc_id"].startswith("vpc-")


def test_kubeconfig_holds_no_credential(deployed: Checkout) -> None:
    user = str(deployed.outputs("dev")["kubeconfig"])
    assert "get-token" in user
    assert not re.search(r"token['\"]?:|client-key|password", user)


def test_ingress_and_pods_are_ready(deployed: Checkout) -> None:
    ingress = deployed.kubectl("dev", "get", "ingress", "openmarket-ingress", "-n", NAMESPACE)
    assert ingress["status"]["loadBalancer"]["ingress"][0]["hostname"] == deployed.outputs("dev")["alb_dns"]
    services = "app.kubernetes.io/name in (backend-api, frontend-web)"
    pods = deployed.kubectl("dev", "get", "pods", "-n", NAMESPACE, "-l", services)["items"]
    assert len(pods) == 4
    for pod in pods:
        conditions = {condition["type"]: condition["status"] for condition in pod["status"]["conditions"]}
        gates = [gate["conditionType"] for gate in pod["spec"]["readinessGates"]]
        assert conditions["Ready"] == "True"
        assert [gate.split("/")[0] for gate in gates] == ["target-health.elbv2.k8s.aws"]
        assert all(conditions[gate] == "True" for gate in gates)


def test_the_bill_is_the_documented_one(deployed: Checkout) -> None:
    assert deployed.cost("dev")["total"] == float(round(estimated("dev").total, 2))


def test_second_up_changes_nothing(deployed: Checkout) -> None:
    deployed.up("dev", "--expect-no-changes")


def test_refresh_finds_no_drift(deployed: Checkout) -> None:
    deployed.pulumi("preview", "dev", "--refresh", "--expect-no-changes")


def test_a_change_touches_one_resource(deployed: Checkout) -> None:
    stack_file = deployed.path / "Pulumi.dev.yaml"
    before = stack_file.read_text()
    stack_file.write_text(before.replace("allowedCidrs: {}", "allowedCidrs: {admin: [198.51.100.0/24]}"))
    assert stack_file.read_text() != before
    assert re.search(r"~ +1 updated|1 updated", deployed.up("dev"))
    ingress = deployed.kubectl("dev", "get", "ingress", "openmarket-ingress", "-n", NAMESPACE)
    assert "198.51.100.0/24" in str(ingress["metadata"]["annotations"])


def test_destroy_leaves_nothing(deployed: Checkout) -> None:
    deployed.destroy("dev")
    status = deployed.status()
    assert status["objects"] == {}
    assert status["control_planes"] == {}
    assert status["processes"] == {}
