"""The shop's namespace, services and pods."""

import json
from copy import deepcopy
from typing import Any

import pytest
from program import Deployed, run_program, stack_file


def pod(deployed: Deployed) -> dict[str, Any]:
    """The pod template's spec."""
    return deployed.one("apps/v1:Deployment").inputs["spec"]["template"]["spec"]


def container(deployed: Deployed) -> dict[str, Any]:
    (only,) = pod(deployed)["containers"]
    return only


def with_service(**changes: Any) -> Deployed:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:services"]["frontend-web"] |= changes
    return run_program("dev", settings)


def test_the_namespace_is_restricted_and_injects_readiness_gates(dev: Deployed) -> None:
    metadata = dev.one("core/v1:Namespace").inputs["metadata"]
    assert metadata["name"] == "openmarket-dev"
    assert metadata["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert metadata["labels"]["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"


def test_pods_meet_the_restricted_standard(deployed: Deployed) -> None:
    security = pod(deployed)["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container(deployed)["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod(deployed)["automountServiceAccountToken"] is False


def test_requests_equal_limits(deployed: Deployed) -> None:
    resources = container(deployed)["resources"]
    assert resources["requests"] == resources["limits"]
    assert set(resources["limits"]) == {"cpu", "memory"}


def test_pods_spread_over_zones_and_rather_over_nodes(deployed: Deployed) -> None:
    (constraint,) = pod(deployed)["topologySpreadConstraints"]
    assert constraint["topologyKey"] == "topology.kubernetes.io/zone"
    assert constraint["matchLabelKeys"] == ["pod-template-hash"]
    (preference,) = pod(deployed)["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
    assert preference["podAffinityTerm"]["topologyKey"] == "kubernetes.io/hostname"


def test_a_rollout_loses_no_capacity(deployed: Deployed) -> None:
    spec = deployed.one("apps/v1:Deployment").inputs["spec"]
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert deployed.options["frontend-web-deployment"].ignore_changes == ["spec.replicas"]


@pytest.mark.parametrize(("stack", "least", "most"), [("dev", 2, 10), ("staging", 2, 15), ("prod", 3, 20)])
def test_autoscaler(stack: str, least: int, most: int) -> None:
    deployed = run_program(stack)
    autoscaler = deployed.one(":HorizontalPodAutoscaler").inputs
    assert autoscaler["metadata"]["name"] == "frontend-web-hpa"
    assert (autoscaler["spec"]["minReplicas"], autoscaler["spec"]["maxReplicas"]) == (least, most)
    targets = {
        m["resource"]["name"]: m["resource"]["target"]["averageUtilization"] for m in autoscaler["spec"]["metrics"]
    }
    assert targets == {"cpu": 70, "memory": 80}
    assert deployed.one("apps/v1:Deployment").inputs["spec"]["replicas"] == least


def test_the_disruption_budget_lets_one_pod_go(dev: Deployed) -> None:
    spec = dev.one(":PodDisruptionBudget").inputs["spec"]
    assert spec["maxUnavailable"] == 1
    assert spec["selector"] == dev.one("apps/v1:Deployment").inputs["spec"]["selector"]


def test_the_service_is_not_awaited_and_translates_no_port(dev: Deployed) -> None:
    service = dev.one("core/v1:Service").inputs
    assert service["metadata"]["annotations"]["pulumi.com/skipAwait"] == "true"
    assert service["spec"]["type"] == "ClusterIP"
    (port,) = service["spec"]["ports"]
    assert port["port"] == port["targetPort"] == 3000
    labels = dev.one("apps/v1:Deployment").inputs["spec"]["template"]["metadata"]["labels"]
    assert service["spec"]["selector"] == labels


def test_pods_drain_with_their_targets() -> None:
    deployed = with_service(drainSeconds=20)
    assert container(deployed)["lifecycle"]["preStop"] == {"sleep": {"seconds": 20}}
    assert pod(deployed)["terminationGracePeriodSeconds"] == 50
    attributes = deployed.one("core/v1:Service").inputs["metadata"]["annotations"]
    assert attributes["alb.ingress.kubernetes.io/target-group-attributes"] == "deregistration_delay.timeout_seconds=20"


def test_without_an_image_the_placeholder_answers_on_the_port() -> None:
    made = container(with_service(port=8080, healthPath="/health"))
    assert made["image"] == "registry.k8s.io/e2e-test-images/agnhost:2.63.0"
    assert made["args"] == ["serve-hostname", "--port=8080"]
    assert made["ports"][0]["containerPort"] == 8080
    assert made["readinessProbe"]["httpGet"] == {"path": "/health", "port": "http"}


def test_an_image_runs_as_it_is() -> None:
    made = container(with_service(image="registry.example.com/frontend@sha256:" + "a" * 64))
    assert made["image"].startswith("registry.example.com/frontend@")
    assert "args" not in made


def test_environment(dev: Deployed) -> None:
    variables = {variable["name"]: variable["value"] for variable in container(dev)["env"]}
    assert variables == {"LOG_LEVEL": "debug", "NODE_ENV": "development", "PORT": "3000"}


def test_another_service_is_one_stanza() -> None:
    settings = deepcopy(stack_file("dev"))
    stanza = settings["openmarket:services"]["frontend-web"]
    settings["openmarket:services"]["backend-api"] = stanza | {"hosts": ["api"], "port": 4000}
    deployed = run_program("dev", settings)
    assert deployed.outputs["urls"] == ["http://dev.openmarket.example.com", "http://api.dev.openmarket.example.com"]
    rules = deployed.one("networking.k8s.io/v1:Ingress").inputs["spec"]["rules"]
    assert [rule["http"]["paths"][0]["backend"]["service"] for rule in rules] == [
        {"name": "frontend-web", "port": {"number": 3000}},
        {"name": "backend-api", "port": {"number": 4000}},
    ]
    assert len(deployed.of(":SecurityGroupEgressRule")) == 2


def test_ingress(dev: Deployed) -> None:
    ingress = dev.one("networking.k8s.io/v1:Ingress").inputs
    assert ingress["metadata"]["name"] == "openmarket-ingress"
    assert ingress["spec"]["ingressClassName"] == "alb"
    assert [rule["host"] for rule in ingress["spec"]["rules"]] == ["dev.openmarket.example.com"]
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


def test_ingress_with_a_certificate() -> None:
    settings = deepcopy(stack_file("dev"))
    certificate = "arn:aws:acm:ap-northeast-2:123456789012:certificate/0f0e0d0c"
    settings["openmarket:ingress"]["certificateArn"] = certificate
    deployed = run_program("dev", settings)
    annotations = deployed.one("networking.k8s.io/v1:Ingress").inputs["metadata"]["annotations"]
    assert json.loads(annotations["alb.ingress.kubernetes.io/listen-ports"]) == [{"HTTP": 80}, {"HTTPS": 443}]
    assert annotations["alb.ingress.kubernetes.io/ssl-redirect"] == "443"
    assert annotations["alb.ingress.kubernetes.io/certificate-arn"] == certificate
    assert deployed.outputs["urls"] == ["https://dev.openmarket.example.com"]


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


def test_services_then_ingress_then_pods(dev: Deployed) -> None:
    assert dev.dependencies("openmarket-ingress") == {"addons-alb-controller-release", "load-balancer"}
    permission = "frontend-web-identity-data-frontend-web-logs-write"
    assert dev.dependencies("frontend-web-deployment") == {"openmarket", permission}
    order = [resource.name for resource in dev.resources]
    assert order.index("frontend-web-service") < order.index("openmarket-ingress")
    assert order.index("openmarket-ingress") < order.index("frontend-web-deployment")
