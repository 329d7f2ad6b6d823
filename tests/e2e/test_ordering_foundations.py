"""Edges below the nodes: without one, AWS refuses, or nodes do not join."""

import pytest

from tests.e2e.checkout import Checkout
from tests.e2e.ordering import up_too_early

pytestmark = pytest.mark.e2e

NODES = "cluster-nodes-general-group"
CORE = {"cluster-vpc-cni": ["cluster-eks"], "cluster-kube-proxy": ["cluster-eks"]}
NODES_NEED = {
    "cluster-nodes-worker": "may not eks:DescribeCluster",
    "cluster-nodes-images": "may not ecr:GetAuthorizationToken",
    "cluster-nodes-cni": "may not ec2:AssignPrivateIpAddresses",
    "network-nat-route-a": "has no route out",
    "network-nat-route-c": "has no route out",
    "network-private-a-association": "has no route out",
    "network-private-c-association": "has no route out",
    "cluster-vpc-cni": "has no vpc-cni add-on yet",
}
"""What a node group declares to depend on, and what EKS says of its nodes without it."""


def test_nodes_join_only_with_all_they_need(checkout: Checkout) -> None:
    for dependency, complaint in NODES_NEED.items():
        _fails(checkout, NODES, dependency, complaint)
    with checkout.configured("dev", "network", nat="perZone"):
        for zone in "ac":
            _fails(checkout, f"network-public-{zone}-association", "network-internet-route", "has no route out")
    with checkout.configured("dev", "network", interfaceEndpoints=["ecr.api"]):
        _fails(checkout, "network-endpoints-ecr-api", "network-endpoints-https", "admits HTTPS from subnet")
    _fails(checkout, "cluster-coredns", NODES, "openmarket-dev-eks:coredns: clusterName is")
    # Nodes are ready without it, and nothing finds anything on them.
    _fails(checkout, NODES, "cluster-kube-proxy", "has no kube-proxy")
    checkout.destroy("dev")
    assert checkout.status()["objects"] == {}


def _fails(checkout: Checkout, resource: str, dependency: str, complaint: str) -> None:
    # The rest of the stack stays from one edge to the next.
    checkout.destroy("dev", f"--target=**{dependency}", "--target-dependents", check=False)
    printed = up_too_early(checkout, {resource: [dependency]})
    assert complaint in printed, f"{resource} does not need {dependency}"


def test_logs_and_permissions_come_before_what_uses_them(checkout: Checkout) -> None:
    cuts = {
        **CORE,
        "data-database-instances-a": ["data-database-instances-monitoring-policy"],
    }
    with checkout.configured("dev", "database", detailedMonitoring=True):
        printed = up_too_early(checkout, cuts)
    for addon in ("vpc-cni", "kube-proxy"):
        assert f"aws:eks/addon:Addon openmarket-dev-eks:{addon}: clusterName is 'openmarket-dev-eks', but no" in printed
    assert "does not include the required permissions for: ENHANCED_MONITORING" in printed
    checkout.destroy("dev")

    # The log groups are nobody's from here on: this account is not fit for another test.
    logs = ["data-database-error-log", "data-database-slowquery-log"]
    insights = [f"addons-insights-{kind}-logs" for kind in ("application", "dataplane", "host", "performance")]
    cuts = {
        "cluster-eks": ["cluster-log-group"],
        "data-database-cluster": logs,
        "addons-insights-addon": insights,
    }
    printed = up_too_early(checkout, cuts)
    assert "/aws/containerinsights/openmarket-dev-eks/host exists already" in printed
    assert "/aws/eks/openmarket-dev-eks/cluster exists already" in printed
    assert "/aws/rds/cluster/openmarket-dev-aurora/error exists already" in printed
