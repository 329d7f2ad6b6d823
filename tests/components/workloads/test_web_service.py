"""The shop's namespace, services and pods."""

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.edge.load_balancer import LoadBalancer
from tests.components.program import Deployed, run_program, stack_file

SERVICES = pytest.mark.parametrize("service", ["backend-api", "frontend-web"])


def deployment(deployed: Deployed, service: str) -> dict[str, Any]:
    """The Deployment's spec."""
    return deployed.one("apps/v1:Deployment", f"shop-{service}-deployment").inputs["spec"]


def pod(deployed: Deployed, service: str = "frontend-web") -> dict[str, Any]:
    """The pod template's spec."""
    return deployment(deployed, service)["template"]["spec"]


def container(deployed: Deployed, service: str = "frontend-web") -> dict[str, Any]:
    (only,) = pod(deployed, service)["containers"]
    return only


def service_object(deployed: Deployed, service: str = "frontend-web") -> dict[str, Any]:
    return dict(deployed.one("core/v1:Service", f"shop-{service}-service").inputs)


def with_service(**changes: Any) -> Deployed:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:services"]["frontend-web"] |= changes
    return run_program("dev", settings)


def test_the_namespace_is_restricted_and_injects_readiness_gates(dev: Deployed) -> None:
    metadata = dev.one("core/v1:Namespace").inputs["metadata"]
    assert metadata["name"] == "openmarket-dev"
    assert metadata["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert metadata["labels"]["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"


@SERVICES
def test_pods_meet_the_restricted_standard(deployed: Deployed, service: str) -> None:
    security = pod(deployed, service)["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container(deployed, service)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod(deployed, service)["automountServiceAccountToken"] is False


@SERVICES
def test_requests_equal_limits(deployed: Deployed, service: str) -> None:
    resources = container(deployed, service)["resources"]
    assert resources["requests"] == resources["limits"]
    assert set(resources["limits"]) == {"cpu", "memory", "ephemeral-storage"}


@SERVICES
def test_pods_spread_over_zones_and_rather_over_nodes(deployed: Deployed, service: str) -> None:
    (constraint,) = pod(deployed, service)["topologySpreadConstraints"]
    assert constraint["topologyKey"] == "topology.kubernetes.io/zone"
    assert constraint["matchLabelKeys"] == ["pod-template-hash"]
    assert constraint["whenUnsatisfiable"] == "ScheduleAnyway"
    (preference,) = pod(deployed, service)["affinity"]["podAntiAffinity"][
        "preferredDuringSchedulingIgnoredDuringExecution"
    ]
    assert preference["podAffinityTerm"]["topologyKey"] == "kubernetes.io/hostname"


@SERVICES
def test_a_rollout_loses_no_capacity(deployed: Deployed, service: str) -> None:
    spec = deployment(deployed, service)
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert deployed.options[f"shop-{service}-deployment"].ignore_changes == ["spec.replicas"]


@pytest.mark.parametrize(
    ("stack", "service", "least", "most"),
    [
        ("dev", "frontend-web", 2, 10),
        ("staging", "frontend-web", 2, 15),
        ("prod", "frontend-web", 3, 20),
        ("dev", "backend-api", 2, 20),
        ("staging", "backend-api", 3, 30),
        ("prod", "backend-api", 5, 50),
    ],
)
def test_autoscaler(stack: str, service: str, least: int, most: int) -> None:
    deployed = run_program(stack)
    autoscaler = deployed.one(":HorizontalPodAutoscaler", f"shop-{service}-autoscaler").inputs
    assert autoscaler["metadata"]["name"] == f"{service}-hpa"
    assert (autoscaler["spec"]["minReplicas"], autoscaler["spec"]["maxReplicas"]) == (least, most)
    targets = {
        m["resource"]["name"]: m["resource"]["target"]["averageUtilization"] for m in autoscaler["spec"]["metrics"]
    }
    assert targets == {"cpu": 70, "memory": 80}
    assert autoscaler["spec"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 300
    assert deployment(deployed, service)["replicas"] == least


@SERVICES
def test_the_disruption_budget_lets_one_pod_go(dev: Deployed, service: str) -> None:
    spec = dev.one(":PodDisruptionBudget", f"shop-{service}-disruption-budget").inputs["spec"]
    assert spec["maxUnavailable"] == 1
    assert spec["selector"] == deployment(dev, service)["selector"]


@SERVICES
def test_the_service_is_not_awaited_and_translates_no_port(dev: Deployed, service: str) -> None:
    made = service_object(dev, service)
    assert made["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
    assert made["spec"]["type"] == "ClusterIP"
    (port,) = made["spec"]["ports"]
    assert port["port"] == port["targetPort"] == 3000
    assert made["spec"]["selector"] == deployment(dev, service)["template"]["metadata"]["labels"]


def test_browsers_stay_with_a_pod() -> None:
    attributes = service_object(with_service(drainSeconds=20))["metadata"]["annotations"]
    assert attributes["alb.ingress.kubernetes.io/target-group-attributes"].split(",") == [
        *("deregistration_delay.timeout_seconds=60", "stickiness.enabled=true", "stickiness.type=lb_cookie"),
        "stickiness.lb_cookie.duration_seconds=3600",
    ]


def test_without_an_image_the_placeholder_answers_on_the_port() -> None:
    made = container(with_service(port=8080, health={"readiness": "/ready", "liveness": "/live"}))
    assert made["image"] == "registry.k8s.io/e2e-test-images/agnhost:2.63.0"
    assert made["args"] == ["serve-hostname", "--port=8080"]
    assert made["ports"][0]["containerPort"] == 8080
    paths = {probe: made[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
    assert paths == {"startupProbe": "/", "readinessProbe": "/ready", "livenessProbe": "/live"}


def test_an_image_runs_as_it_is() -> None:
    made = container(with_service(image="registry.example.com/frontend@sha256:" + "a" * 64))
    assert made["image"].startswith("registry.example.com/frontend@")
    assert "args" not in made


def test_environment(dev: Deployed) -> None:
    variables = {variable["name"]: variable["value"] for variable in container(dev)["env"]}
    any_address = "0.0.0.0"  # noqa: S104
    assert variables == {
        "PORT": "3000",
        "KEEP_ALIVE_TIMEOUT": "65000",
        "HOSTNAME": any_address,
        "BACKEND_API_URL": "http://backend-api:3000",
    }


@given(st.integers(1, 4000))
def test_the_load_balancer_is_the_one_to_close_idle_connections(seconds: int) -> None:
    load_balancer = LoadBalancer([], "", False, "", "", False, "", seconds, False)
    assert seconds * 1000 < load_balancer.keep_alive_milliseconds <= (seconds + 10) * 1000


@pytest.mark.parametrize("service", ["frontend-web", "backend-api"])
def test_services_are_told_how_long_to_keep_idle_connections(service: str) -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:ingress"]["idleTimeoutSeconds"] = 120
    settings["openmarket:services"]["backend-api"]["environment"] = {"KEEP_ALIVE_TIMEOUT": "200000"}
    told = {variable["name"]: variable["value"] for variable in container(run_program("dev", settings), service)["env"]}
    assert told["KEEP_ALIVE_TIMEOUT"] == {"frontend-web": "125000", "backend-api": "200000"}[service]


def test_directories_that_can_be_written(dev: Deployed) -> None:
    mounts = {mount["name"]: mount["mountPath"] for mount in container(dev)["volumeMounts"]}
    assert mounts == {"tmp": "/tmp", "app-next-cache": "/app/.next/cache"}  # noqa: S108
    assert pod(dev)["volumes"] == [{"name": name, "emptyDir": {}} for name in mounts]


def test_a_third_and_a_fourth_service_are_a_stanza_each() -> None:
    settings = deepcopy(stack_file("dev"))
    stanzas = settings["openmarket:services"]
    stanzas["search"] = stanzas["frontend-web"] | {"hosts": ["search"], "port": 4000, "uses": ["cache"]}
    stanzas["worker"] = stanzas["frontend-web"] | {"hosts": [], "calls": ["search"]}
    deployed = run_program("dev", settings)
    rules = deployed.one("networking.k8s.io/v1:Ingress").inputs["spec"]["rules"]
    backends = {rule["host"]: rule["http"]["paths"][0]["backend"]["service"] for rule in rules}
    assert backends["search.dev.openmarket.example.com"] == {"name": "search", "port": {"number": 4000}}
    assert "worker" not in {backend["name"] for backend in backends.values()}
    assert {rule.inputs["fromPort"] for rule in deployed.of(":SecurityGroupEgressRule")} == {3000, 4000}
    assert {"name": "SEARCH_URL", "value": "http://search:4000"} in container(deployed, "worker")["env"]


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


@SERVICES
def test_services_then_ingress_then_pods(dev: Deployed, service: str) -> None:
    assert "addons-alb-controller-release" in dev.waits_for("shop-ingress-alb")
    assert "shop-ingress-alb" in dev.waits_for(f"shop-{service}-deployment")
    order = [resource.name for resource in dev.resources]
    assert order.index(f"shop-{service}-service") < order.index("shop-ingress-alb")
    assert order.index("shop-ingress-alb") < order.index(f"shop-{service}-deployment")
