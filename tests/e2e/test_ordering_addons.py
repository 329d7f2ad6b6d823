"""Edges of add-ons and of the shop: without one, something crashes, stays pending, or is never taken away."""

import pytest

from tests.e2e.checkout import Checkout
from tests.e2e.ordering import ALL_AT_ONCE, cut, late, up_too_early

pytestmark = pytest.mark.e2e

ADDONS = [
    "addons-alb-controller-release",
    "addons-external-secrets-release",
    "addons-metrics-server-addon",
    "addons-ebs-csi-addon",
    "addons-autoscaler-release",
    "addons-insights-addon",
]
NODES = "cluster-nodes-general-group"
INGRESS, PODS = "shop-ingress-alb", "shop-frontend-web-deployment"

VOLUME = """
import pulumi_kubernetes as kubernetes

inside = pulumi.ResourceOptions(
    provider=program["cluster"].provider,
    depends_on=[program["addons"].storage_class],
    custom_timeouts=pulumi.CustomTimeouts(create="5m"),
)
claim = kubernetes.core.v1.PersistentVolumeClaim(
    "volume-claim",
    metadata={"name": "volume", "namespace": program["shop"].namespace},
    spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    opts=inside,
)
kubernetes.apps.v1.Deployment(
    "volume-user",
    metadata={"name": "volume-user", "namespace": program["shop"].namespace},
    spec={
        "selector": {"matchLabels": {"app": "volume-user"}},
        "template": {
            "metadata": {"labels": {"app": "volume-user"}},
            "spec": {
                "automountServiceAccountToken": False,
                "securityContext": {
                    "runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}
                },
                "containers": [
                    {
                        "name": "user",
                        "image": "registry.k8s.io/e2e-test-images/agnhost:2.63.0",
                        "resources": {
                            "requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "16Mi"}
                        },
                        "securityContext": {
                            "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]},
                            "readOnlyRootFilesystem": True,
                        },
                        "volumeMounts": [{"name": "data", "mountPath": "/data"}],
                    }
                ],
                "volumes": [
                    {"name": "data", "persistentVolumeClaim": {"claimName": claim.metadata.apply(lambda m: m.name)}}
                ],
            },
        },
    },
    opts=inside,
)
"""
"""A claim and a pod that uses it: the program has none of its own."""


@pytest.fixture(autouse=True)
def nothing_deployed(checkout: Checkout) -> None:
    """Also after a test that failed."""
    checkout.destroy("dev", env={"OPENMARKET_EMULATOR_TIME": "0.2"})


def test_addons_need_nodes(checkout: Checkout) -> None:
    """CoreDNS runs on nodes, and what comes after it does too."""
    printed = up_too_early(checkout, {addon: ["cluster-coredns"] for addon in ADDONS}, last=[NODES])
    for chart in ("aws-load-balancer-controller", "external-secrets", "cluster-autoscaler"):
        assert f"release {chart} failed, and has been uninstalled due to atomic being set" in printed, chart
    for addon in ("metrics-server", "aws-ebs-csi-driver", "amazon-cloudwatch-observability"):
        assert f"openmarket-dev-eks:{addon} did not become ACTIVE" in printed, addon
    assert "no nodes available to schedule pods" in printed


def test_addons_need_their_permissions(checkout: Checkout) -> None:
    cuts = {
        "addons-autoscaler-release": ["addons-autoscaler-identity-scaling"],
        "addons-ebs-csi-addon": ["addons-ebs-csi-identity-volumes"],
        "addons-external-secrets-store": ["addons-external-secrets-release"],
        "addons-alb-controller-release": ["addons-alb-controller-policy-attachment"],
    }
    printed = up_too_early(checkout, cuts)
    assert "Failed to create AWS Manager: cannot autodiscover ASGs" in printed
    assert "not authorized to perform: autoscaling:DescribeAutoScalingGroups" in printed
    assert "dry-run EC2 API call failed" in printed
    assert 'no matches for kind "ClusterSecretStore"' in printed
    assert "Failed deploy model due to api error AccessDenied" in printed


def test_the_shop_needs_its_way_in_first(checkout: Checkout) -> None:
    printed = up_too_early(checkout, {INGRESS: ["addons-alb-controller-release"]})
    assert "Ingress openmarket-dev/openmarket-ingress: it was not ready within 1200 s" in printed


def test_claims_and_rules(checkout: Checkout) -> None:
    cuts = {
        "addons-ebs-csi-addon": ["addons-ebs-csi-identity-encryption"],
        INGRESS: ["load-balancer"],
    }
    printed = up_too_early(checkout, cuts, more=VOLUME)
    assert "not authorized to perform: kms:CreateGrant" in printed
    assert "Health checks failed: no rule of" in printed


def test_going_away_is_ordered_too(checkout: Checkout) -> None:
    cuts = {
        INGRESS: ["addons-alb-controller-release"],
        "addons-ebs-csi-storage-class": ["addons-ebs-csi-addon"],
        PODS: ["shop-ingress"],
    }
    with cut(checkout, cuts, VOLUME):
        checkout.up("dev", ALL_AT_ONCE, env=late(INGRESS, time=1))
        pods = checkout.kubectl("dev", "get", "pod", "-n", "openmarket-dev")["items"]
        gates = {
            pod["metadata"]["labels"].get("app.kubernetes.io/name"): pod["spec"].get("readinessGates") for pod in pods
        }
        # They take part in the load balancer from their first moment, whether it can reach them or not.
        assert gates["frontend-web"] is None
        printed = checkout.destroy("dev", ALL_AT_ONCE, check=False, env=late(INGRESS, "volume-*", time=0.01))
    assert "ingress.k8s.aws/resources" in printed
    assert {"aws:lb/loadBalancer:LoadBalancer", "aws:ebs/volume:Volume"} <= checkout.status()["objects"]["-"].keys()
