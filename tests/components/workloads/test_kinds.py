"""Workers, cron jobs and tasks: what is registered for them."""

import json
from functools import cache
from typing import Any

import pulumi
import pytest

from components.base.pods import mebibytes, millicores
from components.workloads.services import TYPES
from tests.components.kinds import IMAGE, PROXY, with_kinds
from tests.components.program import Deployed, run_program
from tests.components.workloads.rendered import container, deployment, pod

JOBS = ("nightly", "reindex")


@cache
def kinds(image: str = IMAGE) -> Deployed:
    return run_program("dev", with_kinds(image=image))


def cron_job(deployed: Deployed, name: str) -> dict[str, Any]:
    return deployed.one("batch/v1:CronJob", f"shop-{name}-cron-job").inputs["spec"]


def job_pod(deployed: Deployed, name: str) -> dict[str, Any]:
    return cron_job(deployed, name)["jobTemplate"]["spec"]["template"]["spec"]


def pods(deployed: Deployed) -> dict[str, dict[str, Any]]:
    """The pods of each kind but the usual one."""
    return {"mailer": pod(deployed, "mailer")} | {name: job_pod(deployed, name) for name in JOBS}


@pytest.mark.parametrize(
    ("service", "type_"),
    [("backend-api", "WebService"), ("mailer", "Worker"), ("nightly", "CronJob"), ("reindex", "OperatorTask")],
)
def test_a_service_may_have_been_of_another_kind(service: str, type_: str) -> None:
    found = kinds().one(f"openmarket:workloads:{type_}", f"shop-{service}")
    aliases = kinds().options[found.name].aliases
    assert isinstance(aliases, list)
    named = {each.type_ for each in aliases if isinstance(each, pulumi.Alias)}
    assert named == set(TYPES.values()) - {found.type}


def test_all_run_the_image_of_their_owner() -> None:
    made = {name: each["containers"][0] for name, each in pods(kinds()).items()}
    assert {each["image"] for each in made.values()} == {IMAGE}
    assert made["mailer"]["command"] == ["node", "mailer.js"]
    assert made["nightly"]["args"] == ["cleanup"]
    assert "command" not in made["nightly"]
    repositories = {each.name for each in kinds().of("ecr/repository:Repository")}
    assert repositories == {"data-frontend-web-images-repository", "data-backend-api-images-repository"}


def test_without_an_image_placeholders_pause_or_end() -> None:
    made = {name: each["containers"][0] for name, each in pods(kinds("")).items()}
    assert {each["image"] for each in made.values()} == {"registry.k8s.io/e2e-test-images/agnhost:2.63.0"}
    assert {name: each["args"] for name, each in made.items()} == {
        "mailer": ["pause"],
        "nightly": ["--version"],
        "reindex": ["--version"],
    }
    for each in made.values():
        assert not {"command", "startupProbe", "livenessProbe"} & each.keys()


def test_pods_of_every_kind_are_hardened_alike() -> None:
    usual = pod(kinds(), "backend-api")
    for name, each in pods(kinds()).items():
        assert each["securityContext"] == usual["securityContext"]
        assert each["automountServiceAccountToken"] is False
        (made,) = each["containers"]
        assert made["securityContext"] == usual["containers"][0]["securityContext"]
        assert made["resources"]["requests"] == made["resources"]["limits"]
        assert each["serviceAccountName"] == name


def test_a_worker_has_no_port_and_no_service() -> None:
    made = container(kinds(), "mailer")
    assert "ports" not in made
    assert "PORT" not in {variable["name"] for variable in made["env"]}
    assert {"name": "BACKEND_API_URL", "value": "http://backend-api:3000"} in made["env"]
    assert {each.name for each in kinds().of("core/v1:Service")} == {
        "shop-frontend-web-service",
        "shop-backend-api-service",
    }


def test_a_worker_ends_when_it_is_told_to_with_time_for_its_work() -> None:
    assert "lifecycle" not in container(kinds(), "mailer")
    assert pod(kinds(), "mailer")["terminationGracePeriodSeconds"] == 70


def test_a_worker_is_restarted_when_its_heartbeat_is_old() -> None:
    made = container(kinds(), "mailer")
    command = ["sh", "-c", "test $(($(date +%s) - $(stat -c %Y /tmp/alive))) -le 30"]
    assert made["livenessProbe"]["exec"]["command"] == command
    assert made["startupProbe"]["exec"]["command"] == command
    assert made["startupProbe"]["failureThreshold"] * made["startupProbe"]["periodSeconds"] == 150
    assert "readinessProbe" not in made
    own = run_program("dev", with_kinds(mailer={"health": {"command": ["/bin/healthy"]}}))
    assert container(own, "mailer")["livenessProbe"]["exec"]["command"] == ["/bin/healthy"]
    none = run_program("dev", with_kinds(mailer={"health": {}}))
    assert "livenessProbe" not in container(none, "mailer")


def test_a_rollout_to_a_worker_that_ends_at_once_fails() -> None:
    spec = deployment(kinds(), "mailer")
    assert 0 < spec["minReadySeconds"] < spec["progressDeadlineSeconds"]
    assert "minReadySeconds" not in deployment(kinds(), "backend-api")


def test_a_worker_scales_and_lets_a_pod_go() -> None:
    autoscaler = kinds().one(":HorizontalPodAutoscaler", "shop-mailer-autoscaler").inputs["spec"]
    assert (autoscaler["minReplicas"], autoscaler["maxReplicas"]) == (1, 3)
    assert kinds().one(":PodDisruptionBudget", "shop-mailer-disruption-budget").inputs["spec"]["maxUnavailable"] == 1


@cache
def scheduled() -> Deployed:
    sale = {"start": "50 8 25 11 *", "end": "0 1 26 11 *", "timeZone": "Asia/Seoul", "replicas": 3}
    return run_program("dev", with_kinds(mailer={"scheduledReplicas": [sale]}))


def test_a_scheduled_minimum_is_kedas_and_nothing_of_the_other_targets_is_lost() -> None:
    made = scheduled().one("keda.sh/v1alpha1:ScaledObject", "shop-mailer-autoscaler")
    spec = made.inputs["spec"]
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (1, 3)
    own = kinds().one(":HorizontalPodAutoscaler", "shop-mailer-autoscaler").inputs["spec"]
    assert spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"] == own["behavior"]
    assert spec["scaleTargetRef"] == own["scaleTargetRef"]
    cpu, memory, cron = spec["triggers"]
    percents = [(each["type"], int(each["metadata"]["value"])) for each in (cpu, memory)]
    assert percents == [
        (each["resource"]["name"], each["resource"]["target"]["averageUtilization"]) for each in own["metrics"]
    ]
    assert cron["metadata"] == {
        "timezone": "Asia/Seoul", "start": "50 8 25 11 *", "end": "0 1 26 11 *", "desiredReplicas": "3",
    }  # fmt: skip


def test_one_autoscaler_takes_the_place_of_the_other_and_never_stands_beside_it() -> None:
    """Two at one Deployment scale it neither up nor down."""
    types = {
        "ScaledObject": (scheduled(), "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"),
        "HorizontalPodAutoscaler": (kinds(), "kubernetes:keda.sh/v1alpha1:ScaledObject"),
    }
    names: set[str] = set()
    for kind, (deployed, other) in types.items():
        made = deployed.one(f":{kind}", "shop-mailer-autoscaler")
        options = deployed.options[made.name]
        assert options.delete_before_replace
        assert isinstance(options.aliases, list)
        assert [each.type_ for each in options.aliases if isinstance(each, pulumi.Alias)] == [other]
        names.add(made.inputs["metadata"]["name"])
    assert len(names) == 2, "what replaces the other has another name: only so is it replaced"


def test_keda_is_there_exactly_while_a_service_needs_it() -> None:
    def charts(deployed: Deployed) -> set[str]:
        return {each.inputs["chart"] for each in deployed.of("helm.sh/v3:Release")}

    assert charts(scheduled()) - charts(kinds()) == {"keda"}


def test_a_cron_job_runs_by_the_clock_and_never_twice_at_a_time() -> None:
    spec = cron_job(kinds(), "nightly")
    assert (spec["schedule"], spec["timeZone"], spec["suspend"]) == ("30 4 * * *", "Asia/Seoul", False)
    assert spec["concurrencyPolicy"] == "Forbid"
    assert spec["startingDeadlineSeconds"] >= 10, "the controller looks every ten seconds"
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 2
    asked = run_program("dev", with_kinds(nightly={"concurrency": "allow"}))
    assert cron_job(asked, "nightly")["concurrencyPolicy"] == "Allow"


def test_a_task_never_runs_by_itself() -> None:
    spec = cron_job(kinds(), "reindex")
    assert spec["suspend"] is True
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 0


@pytest.mark.parametrize("name", JOBS)
def test_a_run_ends_and_survives_the_loss_of_its_node(name: str) -> None:
    spec = cron_job(kinds(), name)["jobTemplate"]["spec"]
    assert spec["activeDeadlineSeconds"] == 3600
    (rule,) = spec["podFailurePolicy"]["rules"]
    assert rule["action"] == "Ignore"
    assert rule["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]
    template = spec["template"]
    assert template["spec"]["restartPolicy"] == "Never"
    assert template["metadata"]["annotations"] == {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}
    assert template["metadata"]["labels"]["app.kubernetes.io/name"] == name


def test_kinds_that_use_the_database_wait_for_it_and_for_the_schema_of_their_image() -> None:
    migration = {"migration": {"command": ["migrate"], "mode": "job"}}
    settings = with_kinds()
    settings["openmarket:services"]["backend-api"] |= migration
    made = run_program("dev", settings)
    (waiting,) = job_pod(made, "nightly")["initContainers"]
    assert waiting["name"] == "wait-for-database"
    assert "shop-database-backend-api-migration" in made.dependencies("shop-nightly-cron-job")
    assert "shop-database-backend-api-migration" not in made.dependencies("shop-reindex-cron-job")


def test_nobody_reaches_a_kind_without_a_port() -> None:
    for name in pods(kinds()):
        policy = kinds().one(":NetworkPolicy", f"shop-policies-{name}").inputs["spec"]
        assert "ingress" not in policy
        assert policy["policyTypes"] == ["Ingress", "Egress"]
    ports = {
        name: {port["port"] for rule in egress(name) for port in rule["ports"]}
        for name in ("mailer", "nightly", "reindex")
    }
    assert ports == {"mailer": {3000, 6379, 443}, "nightly": {3306}, "reindex": {443}}


def egress(name: str) -> list[dict[str, Any]]:
    return kinds().one(":NetworkPolicy", f"shop-policies-{name}").inputs["spec"].get("egress", [])


def test_each_has_a_role_of_its_own_with_no_more_than_it_uses() -> None:
    for name, secrets in {"mailer": 1, "nightly": 1, "reindex": 0}.items():
        account = kinds().one("core/v1:ServiceAccount", f"shop-{name}-service-account").inputs["metadata"]
        assert f"role/{name}-identity-role" in account["annotations"]["eks.amazonaws.com/role-arn"]
        policies = [
            json.loads(each.inputs["policy"])
            for each in kinds().of("iam/rolePolicy:RolePolicy")
            if each.name.startswith(f"{name}-identity")
        ]
        actions = [json.dumps(each) for policy in policies for each in policy["Statement"]]
        assert sum("secretsmanager:GetSecretValue" in each for each in actions) == secrets
        assert any("logs:PutLogEvents" in each for each in actions)


def test_only_what_runs_all_the_time_has_alarms_about_pods() -> None:
    names = {each.name for each in kinds().of("cloudwatch/metricAlarm:MetricAlarm") if "pods-" in each.name}
    watched = {service for service in ("mailer", "nightly", "reindex") if any(service in name for name in names)}
    assert watched == {"mailer"}


def test_the_quota_has_room_for_runs() -> None:
    def hard(deployed: Deployed) -> int:
        return int(deployed.one("core/v1:ResourceQuota").inputs["spec"]["hard"]["pods"])

    settings = with_kinds()
    for name in JOBS:
        del settings["openmarket:services"][name]
    assert hard(kinds()) == hard(run_program("dev", settings)) + 4


def service(**changes: Any) -> Deployed:
    settings = with_kinds()
    settings["openmarket:services"]["backend-api"] |= changes
    return run_program("dev", settings)


@pytest.mark.parametrize(
    ("health", "probe"),
    [
        ({"protocol": "tcp"}, {"tcpSocket": {"port": "http"}}),
        ({"command": ["/bin/healthy"]}, {"exec": {"command": ["/bin/healthy"]}}),
        (
            {"protocol": "https", "readiness": "/ready"},
            {"httpGet": {"path": "/ready", "port": "http", "scheme": "HTTPS"}},
        ),
    ],
)
def test_a_web_service_is_asked_for_its_health_as_it_can_answer(health: dict[str, Any], probe: dict[str, Any]) -> None:
    made = service(health=health)
    asked = container(made, "backend-api")
    assert probe.items() <= asked["readinessProbe"].items()
    if "httpGet" not in probe:
        assert probe.items() <= asked["startupProbe"].items()
        assert probe.items() <= asked["livenessProbe"].items()
    told = made.one("core/v1:Service", "shop-backend-api-service").inputs["metadata"]["annotations"]
    told = {name.partition("/")[2]: value for name, value in told.items() if name.startswith("alb.")}
    if "httpGet" in probe:
        assert (told["healthcheck-path"], told["healthcheck-protocol"], told["backend-protocol"]) == (
            "/ready",
            "HTTPS",
            "HTTPS",
        )
        assert {"name": "BACKEND_API_URL", "value": "https://backend-api:3000"} in container(made, "mailer")["env"]
    else:
        assert (told["healthcheck-path"], told["success-codes"]) == ("/", "200-499")


def test_a_grpc_service_without_hosts_answers_the_health_protocol() -> None:
    made = service(hosts=[], health={"protocol": "grpc"}, announcedAs="")
    assert container(made, "backend-api")["livenessProbe"]["grpc"] == {"port": 3000}


def test_the_placeholder_answers_http_however_the_image_will() -> None:
    settings = with_kinds(image="")
    for health in ({"protocol": "tcp"}, {"command": ["/bin/healthy"]}, {"protocol": "https", "readiness": "/ready"}):
        settings["openmarket:services"]["backend-api"]["health"] = health
        made = run_program("dev", settings)
        probe = container(made, "backend-api")["readinessProbe"]["httpGet"]
        assert "scheme" not in probe
        told = made.one("core/v1:Service", "shop-backend-api-service").inputs["metadata"]["annotations"]
        assert not [name for name in told if name.endswith(("backend-protocol", "success-codes"))]


def test_further_ports_are_for_callers_only() -> None:
    made = service(ports={"metrics": 9090, "admin": 9100})
    spec = made.one("core/v1:Service", "shop-backend-api-service").inputs["spec"]
    ports = {each["name"]: each["port"] for each in spec["ports"]}
    assert ports == {"http": 3000, "metrics": 9090, "admin": 9100}
    assert {each["name"]: each["containerPort"] for each in container(made, "backend-api")["ports"]} == ports
    policies = {name: made.one(":NetworkPolicy", f"shop-policies-{name}").inputs for name in ("backend-api", "mailer")}
    peers: dict[int, list[Any]] = {}
    for rule in policies["backend-api"]["spec"]["ingress"]:
        peers.setdefault(rule["ports"][0]["port"], []).extend(rule["from"])
    callers = [
        {"podSelector": {"matchLabels": {"app.kubernetes.io/name": each}}} for each in ("frontend-web", "mailer")
    ]
    assert peers[9090] == peers[9100] == callers
    assert any("ipBlock" in peer for peer in peers[3000])
    assert set(ports.values()) <= {rule["ports"][0]["port"] for rule in policies["mailer"]["spec"]["egress"]}


@cache
def with_sidecars() -> Deployed:
    """Each kind with two sidecars, of which the second listens."""
    both = {"first": PROXY, "second": PROXY | {"port": 15000, "arguments": ["--listen"], "environment": {"MODE": "x"}}}
    settings = with_kinds()
    for name in ("backend-api", "mailer", *JOBS):
        settings["openmarket:services"][name]["sidecars"] = both
    return run_program("dev", settings)


def test_sidecars_start_in_order_after_what_is_waited_for_and_before_the_service() -> None:
    made = with_sidecars()
    for name, each in (pods(made) | {"backend-api": pod(made, "backend-api")}).items():
        first = each["initContainers"]
        beside = [container for container in first if container.get("restartPolicy") == "Always"]
        assert [container["name"] for container in beside] == ["first", "second"], name
        assert first[-2:] == beside
        assert "startupProbe" not in beside[0]
        assert beside[1]["startupProbe"]["tcpSocket"] == {"port": 15000}
        assert beside[1]["env"] == [{"name": "MODE", "value": "x"}]
        for other in beside:
            assert other["resources"]["requests"] == other["resources"]["limits"]
            assert other["securityContext"] == each["containers"][0]["securityContext"]
            assert "envFrom" not in other, "none of the Secrets"


def test_sidecars_count_for_nodes_and_quota() -> None:
    def demands(deployed: Deployed) -> tuple[int, int]:
        hard = deployed.one("core/v1:ResourceQuota").inputs["spec"]["hard"]
        return millicores(hard["requests.cpu"]), mebibytes(hard["requests.memory"])

    count = int(with_sidecars().one("core/v1:ResourceQuota").inputs["spec"]["hard"]["pods"])
    without = int(run_program("dev").one("core/v1:ResourceQuota").inputs["spec"]["hard"]["pods"])
    assert count > without
    (cpu, memory), (cpu_before, memory_before) = demands(with_sidecars()), demands(kinds())
    # backend-api: 20 + 5 + 20 pods, mailer: 3 + 1 + 3, and two for each of the others.
    assert cpu - cpu_before == (45 + 7 + 4) * 2 * 50
    assert memory - memory_before == (45 + 7 + 4) * 2 * 64
