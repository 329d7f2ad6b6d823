"""The Ingress, its annotations, and its place in the order."""

import json
from copy import deepcopy

from tests.components.program import Deployed, run_program, stack_file
from tests.components.workloads.rendered import SERVICES


def test_ingress(dev: Deployed) -> None:
    ingress = dev.one("networking.k8s.io/v1:Ingress").inputs
    assert ingress["metadata"]["name"] == "openmarket-ingress"
    assert ingress["spec"]["ingressClassName"] == "alb"
    routes = {rule["host"]: rule["http"]["paths"][0]["backend"]["service"]["name"] for rule in ingress["spec"]["rules"]}
    assert routes == {
        "dev.openmarket.example.com": "frontend-web",
        "admin.dev.openmarket.example.com": "frontend-web",
        "seller.dev.openmarket.example.com": "frontend-web",
        "api.dev.openmarket.example.com": "backend-api",
    }
    annotations = ingress["metadata"]["annotations"]
    assert annotations["pulumi.com/waitFor"] == "jsonpath={.status.loadBalancer.ingress[0].hostname}"
    alb = {key.partition("/")[2]: value for key, value in annotations.items() if key.startswith("alb.")}
    assert alb["scheme"] == "internet-facing"
    assert alb["target-type"] == "ip"
    assert json.loads(alb["listen-ports"]) == [{"HTTP": 80}]
    assert "ssl-redirect" not in alb
    assert len(alb["subnets"].split(",")) == 2
    assert alb["security-groups"].startswith("sg-")
    assert alb["manage-backend-security-group-rules"] == "false"


def annotations(deployed: Deployed) -> dict[str, str]:
    """The load balancer controller's, without their prefix."""
    found = deployed.one("networking.k8s.io/v1:Ingress").inputs["metadata"]["annotations"]
    return {key.partition("/")[2]: value for key, value in found.items() if key.startswith("alb.")}


def test_ingress_with_a_certificate(prod: Deployed) -> None:
    alb = annotations(prod)
    assert json.loads(alb["listen-ports"]) == [{"HTTP": 80}, {"HTTPS": 443}]
    assert alb["ssl-redirect"] == "443"
    assert alb["ssl-policy"].startswith("ELBSecurityPolicy-TLS13-1-2-")
    assert alb["certificate-arn"].startswith("arn:aws:acm:ap-northeast-2:")
    assert prod.outputs["urls"][0] == "https://openmarket.example.com"


def test_what_is_off_is_written_too(dev: Deployed, prod: Deployed) -> None:
    off, on = annotations(dev), annotations(prod)
    assert off["wafv2-acl-arn"] == "none"
    assert ":regional/webacl/" in on["wafv2-acl-arn"]
    assert "deletion_protection.enabled=false" in off["load-balancer-attributes"].split(",")
    assert "deletion_protection.enabled=true" in on["load-balancer-attributes"].split(",")
    for attribute in ("access_logs.s3.enabled=true", "access_logs.s3.prefix=alb", "routing.http2.enabled=true"):
        assert attribute in on["load-balancer-attributes"].split(",")
    assert off["shield-advanced-protection"] == "false"


def test_a_host_may_be_for_some_networks_only() -> None:
    settings = deepcopy(stack_file("dev"))
    networks = [f"198.51.100.{number}/32" for number in range(4)]
    settings["openmarket:services"]["frontend-web"]["hosts"] = ["@", "admin"]
    settings["openmarket:ingress"]["allowedCidrs"] = {"admin": networks}
    deployed = run_program("dev", settings)
    alb = annotations(deployed)
    rules = deployed.one("networking.k8s.io/v1:Ingress").inputs["spec"]["rules"]
    backends = [(rule["host"], rule["http"]["paths"][0]["backend"]["service"]) for rule in rules]
    backends = [(host, service) for host, service in backends if not host.startswith("api.")]
    assert backends[0] == ("dev.openmarket.example.com", {"name": "frontend-web", "port": {"number": 3000}})
    assert {host for host, _ in backends[1:]} == {"admin.dev.openmarket.example.com"}
    admitted: list[str] = []
    for _, service in backends[1:]:
        assert service["port"] == {"name": "use-annotation"}
        (group,) = json.loads(alb[f"actions.{service['name']}"])["forwardConfig"]["targetGroups"]
        assert group == {"serviceName": "frontend-web", "servicePort": 3000}
        (condition,) = json.loads(alb[f"conditions.{service['name']}"])
        assert len(condition["sourceIpConfig"]["values"]) <= 3
        admitted += condition["sourceIpConfig"]["values"]
    assert admitted == networks
    assert "conditions.frontend-web" not in alb


@SERVICES
def test_services_then_ingress_then_pods(dev: Deployed, service: str) -> None:
    assert "addons-alb-controller-release" in dev.waits_for("shop-ingress-alb")
    assert "shop-ingress-alb" in dev.waits_for(f"shop-{service}-deployment")
    assert f"shop-{service}-service" in dev.waits_for("shop-ingress-alb")
