"""The load balancer's settings and its security group."""

from hypothesis import given
from hypothesis import strategies as st

from components.edge.load_balancer import LoadBalancer
from tests.components.program import Deployed


@given(st.integers(1, 4000))
def test_the_load_balancer_is_the_one_to_close_idle_connections(seconds: int) -> None:
    load_balancer = LoadBalancer([], "", False, "", {}, "", False, "", seconds, False)
    assert seconds * 1000 < load_balancer.keep_alive_milliseconds <= (seconds + 10) * 1000


def test_the_load_balancer_reaches_the_pods_port_and_nothing_else(dev: Deployed) -> None:
    group = dev.one("networking.k8s.io/v1:Ingress").inputs["metadata"]["annotations"][
        "alb.ingress.kubernetes.io/security-groups"
    ]
    (out,) = [rule.inputs for rule in dev.of(":SecurityGroupEgressRule")]
    (into,) = [
        rule.inputs
        for rule in dev.of(":SecurityGroupIngressRule")
        if rule.inputs.get("referencedSecurityGroupId") == group
    ]
    assert out["securityGroupId"] == into["referencedSecurityGroupId"] == group
    assert out["referencedSecurityGroupId"] == into["securityGroupId"] != group
    assert {out["fromPort"], out["toPort"], into["fromPort"], into["toPort"]} == {3000}
    public = {rule.inputs["fromPort"] for rule in dev.of(":SecurityGroupIngressRule") if "cidrIpv4" in rule.inputs}
    assert public == {80, 443}
