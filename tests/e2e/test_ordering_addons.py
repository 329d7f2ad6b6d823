"""Edges of add-ons and of the shop: without one, something crashes, stays pending, or is never taken away.

One stack for all of it: each test takes away what is to come too early, and leaves something to go on with.
"""

import re

import pytest

from tests.e2e.checkout import Checkout
from tests.e2e.ordering import cut, remove, up_too_early

pytestmark = pytest.mark.e2e

CONTROLLER, POLICY = "addons-alb-controller-release", "addons-alb-controller-identity-policy-attachment"
DRIVER, STORE = "addons-ebs-csi-addon", "addons-external-secrets-store"
INGRESS, PODS = "shop-ingress-alb", "shop-frontend-web-deployment"
GRANT = "addons-external-secrets-identity-data-app-secrets-stored-read"
NODES, ROUTES = "cluster-nodes-general-group", ["network-nat-route-a", "network-nat-route-c"]
KINDS = ("application", "dataplane", "host", "performance")
LOGS = [f"addons-insights-{kind}-logs" for kind in KINDS]

VOLUME = """
import pulumi_kubernetes as kubernetes

from components.addons.ebs_csi_driver import EbsCsiDriver

inside = pulumi.ResourceOptions(
    provider=program["cluster"].in_cluster.provider,
    depends_on=[program["addons"].installed[EbsCsiDriver].done],
    custom_timeouts=pulumi.CustomTimeouts(create="15m"),
)
claim = kubernetes.core.v1.PersistentVolumeClaim(
    "volume-claim",
    metadata={"name": "volume", "namespace": "default"},
    spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    opts=inside,
)
kubernetes.apps.v1.Deployment(
    "volume-user",
    metadata={"name": "volume-user", "namespace": "default"},
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
"""A claim and a pod that uses it, beside the shop: its own namespace has no room for claims."""


def test_addons_need_their_permissions_and_log_groups(checkout: Checkout) -> None:
    cuts = {
        "addons-autoscaler-release": ["addons-autoscaler-identity-scaling"],
        DRIVER: ["addons-ebs-csi-identity-own-volumes"],
        STORE: ["addons-external-secrets-release"],
        "addons-insights-addon": LOGS,
        CONTROLLER: [POLICY],
    }
    printed = up_too_early(checkout, cuts)
    assert "Failed to create AWS Manager: cannot autodiscover ASGs" in printed
    assert "not authorized to perform: autoscaling:DescribeAutoScalingGroups" in printed
    assert "dry-run EC2 API call failed" in printed
    assert 'no matches for kind "ClusterSecretStore"' in printed
    assert "Failed deploy model due to api error AccessDenied" in printed
    groups = [f"/aws/containerinsights/openmarket-dev-eks/{log}" for log in KINDS]
    for group in groups:
        assert f"{group} exists already" in printed
    # The agents made these, so they are nobody's; and while there are agents, they come back.
    remove(checkout, "addons-insights-addon")
    for group in groups:
        checkout.run("aws", "logs", "delete-log-group", "--log-group-name", group)


def test_objects_need_those_who_work_on_them(checkout: Checkout) -> None:
    remove(checkout, CONTROLLER, PODS, STORE, "addons-ebs-csi-identity-encryption")
    cuts = {
        "shop-redis-credentials-external-secret": [STORE],
        INGRESS: [CONTROLLER],
        PODS: [INGRESS],
        DRIVER: ["addons-ebs-csi-identity-encryption"],
    }
    last = [CONTROLLER, STORE, "addons-ebs-csi-identity-encryption"]
    printed = up_too_early(checkout, cuts, last=last, more=VOLUME)
    assert "could not get ClusterSecretStore 'aws-secrets-manager', no such store" in printed
    assert re.search(rf"{INGRESS}. was successfully created, but .* timed out waiting for the condition", printed)
    assert "'volume-user' timed out waiting to be Ready" in printed
    assert 'Failed to bind PersistentVolumeClaim(s): "volume"' in printed
    events = checkout.kubectl("dev", "get", "event", "-n", "default")["items"]
    assert any("not authorized to perform: kms:CreateGrant" in event["message"] for event in events)
    pods = checkout.kubectl("dev", "get", "pod", "-n", "openmarket-dev", "-l", "app.kubernetes.io/name=frontend-web")
    # They take part in the load balancer from their first moment, whether it can reach them or not.
    assert pods["items"]
    assert not any("readinessGates" in pod["spec"] for pod in pods["items"])


def test_secrets_need_permission_to_be_read(checkout: Checkout) -> None:
    remove(checkout, GRANT)
    printed = up_too_early(checkout, {"shop-app-secrets-external-secret": [GRANT]}, last=[GRANT])
    assert "not authorized to perform: secretsmanager:GetSecretValue" in printed


def test_going_away_is_ordered_too(checkout: Checkout) -> None:
    """What the engine would refuse to delete, and what becomes of the Ingress and the volume without it."""
    cuts = {
        INGRESS: [CONTROLLER],
        CONTROLLER: [POLICY],
        NODES: ROUTES,
        "addons-ebs-csi-storage-class": [DRIVER],
        PODS: [INGRESS],
        "shop-backend-api-deployment": [INGRESS],
    }
    with cut(checkout, cuts, VOLUME):
        checkout.up("dev")
        # Alarms name the Ingress's load balancer, and the dashboard the alarms.
        _delete(checkout, "overview*", "alarms-*")
        _delete(checkout, POLICY, DRIVER)
        _stays(checkout, "Failed deploy model due to api error AccessDenied")
        _delete(checkout, CONTROLLER)
        _create(checkout, POLICY)
        _stays(checkout, "AWS Load Balancer Controller does not run")
        _delete(checkout, *ROUTES)
        _create(checkout, CONTROLLER)
        _stays(checkout, "has no route to AWS's endpoints")
        _delete(checkout, "volume-user", "volume-claim")
    # What costs money, and nobody knows of any more.
    assert {"aws:lb/loadBalancer:LoadBalancer", "aws:ebs/volume:Volume"} <= checkout.status()["objects"]["-"].keys()


def _stays(checkout: Checkout, why: str) -> None:
    printed = _delete(checkout, INGRESS, check=False)
    assert "finalizers might be preventing deletion (ingress.k8s.aws/resources)" in printed
    assert why in printed


def _delete(checkout: Checkout, *names: str, check: bool = True) -> str:
    targets = [f"--target=**::{name}" for name in names]
    return checkout.destroy("dev", *targets, check=check, env={} if check else {"OPENMARKET_EMULATOR_TIME": "0.01"})


def _create(checkout: Checkout, name: str) -> None:
    checkout.up("dev", f"--target=**::{name}")
