"""Edges up to the nodes: without one, AWS refuses, something is there already, or nodes do not join.

Each `up` lacks several edges. They do not hide each other: every one has its own resource, or its own words.
"""

import re

import pytest

from tests.e2e.checkout import Checkout
from tests.e2e.ordering import remove, up_too_early

pytestmark = pytest.mark.e2e

CLUSTER = "openmarket-dev-eks"
NODES = "cluster-nodes-general-group"
NO_CLUSTER = f"aws:eks/addon:Addon {CLUSTER}:{{}}: clusterName is '{CLUSTER}', but no"


def test_below_the_nodes(checkout: Checkout) -> None:
    database_logs = ["data-database-error-log", "data-database-slowquery-log"]
    of_nodes = [
        *("cluster-nodes-worker", "cluster-nodes-images", "cluster-nodes-cni"),
        *("network-nat-route-a", "network-private-c-association"),
    ]
    cuts = {
        "cluster-eks": ["cluster-log-group"],
        "data-database-cluster": database_logs,
        "network-endpoints-ecr-api": ["network-endpoints-https"],
        "cluster-kube-proxy": ["cluster-eks"],
        "cluster-coredns": [NODES],
        NODES: ["cluster-kube-proxy", *of_nodes],
        # EKS add-ons and charts, whose pods need nodes and the name service.
        **{f"addons-{addon}-release": ["cluster-coredns"] for addon in ("alb-controller", "external-secrets")},
        **{f"addons-{addon}-addon": ["cluster-coredns"] for addon in ("metrics-server", "ebs-csi", "insights")},
        "addons-autoscaler-release": ["cluster-coredns"],
    }
    last = ["cluster-log-group", "network-endpoints-https", *database_logs, *of_nodes]
    with checkout.configured("dev", "network", interfaceEndpoints=["ecr.api"]):
        printed = up_too_early(checkout, cuts, last=last)
    groups = [f"/aws/eks/{CLUSTER}/cluster"]
    groups += [f"/aws/rds/cluster/openmarket-dev-aurora/{log}" for log in ("error", "slowquery")]
    for group in groups:
        assert f"{group} exists already" in printed
    for addon in ("kube-proxy", "coredns"):
        assert NO_CLUSTER.format(addon) in printed
    for action in ("eks:DescribeCluster", "ecr:GetAuthorizationToken"):
        assert re.search(f"node role .* may not .*{action}", printed), action
    assert "may not ec2:AssignPrivateIpAddresses" in printed
    assert len(set(re.findall(r"subnet (\S+) has no route out", printed))) == 2
    assert "admits HTTPS from subnet" in printed
    for chart in ("aws-load-balancer-controller", "external-secrets", "cluster-autoscaler"):
        assert f"release {chart} failed, and has been uninstalled due to atomic being set" in printed, chart
    for addon in ("metrics-server", "aws-ebs-csi-driver", "amazon-cloudwatch-observability"):
        assert f"{CLUSTER}:{addon} did not become ACTIVE" in printed, addon
    checkout.destroy("dev")
    # AWS made these, so they are nobody's.
    for group in groups:
        checkout.run("aws", "logs", "delete-log-group", "--log-group-name", group)
    assert checkout.status()["objects"] == {}


def test_the_other_half_of_them(checkout: Checkout) -> None:
    """Those that would hide the first half, or be hidden by it."""
    checkout.destroy("dev")
    cuts = {
        "cluster-vpc-cni": ["cluster-eks"],
        NODES: ["cluster-vpc-cni"],
        "network-public-a-association": ["network-internet-route"],
        "data-database-instances-a": ["data-database-instances-monitoring-policy"],
    }
    last = ["network-internet-route", "data-database-instances-monitoring-policy"]
    with checkout.configured("dev", "database", detailedMonitoring=True):
        printed = up_too_early(checkout, cuts, last=last)
    assert NO_CLUSTER.format("vpc-cni") in printed
    assert "has no vpc-cni add-on yet" in printed
    assert len(set(re.findall(r"subnet (\S+) has no route out", printed))) == 2
    assert "does not include the required permissions for: ENHANCED_MONITORING" in printed


def test_nodes_need_kube_proxy(checkout: Checkout) -> None:
    """They are ready without it, and nothing finds anything on them."""
    remove(checkout, "cluster-kube-proxy")
    printed = up_too_early(checkout, {NODES: ["cluster-kube-proxy"]})
    assert "has no kube-proxy" in printed
    checkout.destroy("dev")
    assert checkout.status()["objects"] == {}
