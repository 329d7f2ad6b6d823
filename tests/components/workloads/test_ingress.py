"""The Ingress, its annotations, and its place in the order."""

import json
from copy import deepcopy
from typing import Any

from emulator.aws import listener_rules
from emulator.kubernetes.controllers import load_balancer_model
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


def entered(settings: dict[str, Any]) -> tuple[list[tuple[str, str, str]], dict[str, str]]:
    """Host, path and backend of each rule of the Ingress, and the annotations."""
    deployed = run_program("dev", settings)
    rules = deployed.one("networking.k8s.io/v1:Ingress").inputs["spec"]["rules"]
    found: list[tuple[str, str, str]] = []
    for rule in rules:
        (path,) = rule["http"]["paths"]
        assert path["pathType"] == "Prefix"
        found.append(
            (rule["host"].removesuffix("dev.openmarket.example.com"), path["path"], path["backend"]["service"]["name"])
        )
    return found, annotations(deployed)


def test_services_share_a_host_by_paths() -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:services"]["frontend-web"]["hosts"] = ["@", "admin"]
    settings["openmarket:services"]["backend-api"]["hosts"] = ["@/api", "admin/api"]
    settings["openmarket:ingress"]["allowedCidrs"] = {"admin": ["198.51.100.0/24", "192.0.2.0/24", "203.0.113.0/24"]}
    rules, alb = entered(settings)
    assert rules[:2] == [("", "/api", "backend-api"), ("", "/", "frontend-web")]
    restricted = [
        (path, json.loads(alb[f"conditions.{name}"])[0]["sourceIpConfig"]["values"])
        for host, path, name in rules
        if host
    ]
    # The networks of a host are for all of its paths. Each name is used once.
    assert [(path, len(values)) for path, values in restricted] == [("/api", 2), ("/api", 1), ("/", 3)]
    assert len({name for host, _, name in rules if host}) == 3


def test_a_host_may_lead_to_another() -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:ingress"]["redirects"] = {"www": "@"}
    rules, alb = entered(settings)
    (name,) = [name for host, _, name in rules if host == "www."]
    assert json.loads(alb[f"actions.{name}"]) == {
        "type": "redirect", "redirectConfig": {"host": "dev.openmarket.example.com", "statusCode": "HTTP_301"},
    }  # fmt: skip


def test_the_maintenance_page_comes_before_what_it_hides() -> None:
    settings = deepcopy(stack_file("dev"))
    before, _ = entered(settings)
    settings["openmarket:ingress"]["maintenance"] = {
        "enabled": True, "message": "Back at 4", "hosts": ["@"], "allowedCidrs": ["198.51.100.0/24"],
    }  # fmt: skip
    rules, alb = entered(settings)
    through, page, *rest = rules
    assert rest == before
    assert page == ("", "/", "maintenance")
    assert through[:2] == ("", "/")
    assert "conditions.maintenance" not in alb
    config = json.loads(alb["actions.maintenance"])["fixedResponseConfig"]
    assert (config["statusCode"], config["contentType"]) == ("503", "text/html")
    assert ">Back at 4<" in config["messageBody"]
    (group,) = json.loads(alb[f"actions.{through[2]}"])["forwardConfig"]["targetGroups"]
    assert group["serviceName"] == "frontend-web"


def test_what_the_program_makes_of_it_the_controller_and_aws_take() -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:services"]["backend-api"]["hosts"] = ["api", "@/api", "admin/api"]
    networks = [f"198.51.100.{number}/32" for number in range(7)]
    settings["openmarket:ingress"] |= {
        "allowedCidrs": {"admin": networks}, "redirects": {"www": "@"},
        "maintenance": {"enabled": True, "allowedCidrs": networks, "message": "점검" * 40},
    }  # fmt: skip
    made = run_program("dev", settings).one("networking.k8s.io/v1:Ingress").inputs
    listeners = load_balancer_model.served(dict(made), {})
    listener_rules.check(listeners)
    (listener,) = listeners.values()
    assert len(listener["rules"]) == len(made["spec"]["rules"])


@SERVICES
def test_services_then_ingress_then_pods(dev: Deployed, service: str) -> None:
    assert "addons-alb-controller-release" in dev.waits_for("shop-ingress-alb")
    assert "shop-ingress-alb" in dev.waits_for(f"shop-{service}-deployment")
    assert f"shop-{service}-service" in dev.waits_for("shop-ingress-alb")
