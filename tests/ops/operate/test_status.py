"""What runs where, as the cluster and the history have it."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from components.config.services import PLACEHOLDER_IMAGE
from ops.__main__ import app
from ops.operate.nodes import node_groups
from ops.operate.status import ServiceStatus, Status, rollout_of, status
from tests.ops.operate.conftest import KINDS, Tools
from tests.ops.operate.samples import NEW, OLD, deployment, operation, pod, scaler

LOOK = "deployments.apps,horizontalpodautoscalers.autoscaling,pods,ingresses.networking.k8s.io"


def node(name: str, zone: str, ready: str = "True", **spec: Any) -> dict[str, Any]:
    labels = {
        "eks.amazonaws.com/nodegroup": f"cluster-nodes-{name}-group-f0", "topology.kubernetes.io/zone": zone,
        "node.kubernetes.io/instance-type": "t4g.medium", "eks.amazonaws.com/capacityType": "ON_DEMAND",
    }  # fmt: skip
    conditions = [{"type": "Ready", "status": ready}]
    return {
        "kind": "Node", "metadata": {"labels": labels}, "spec": spec,
        "status": {"conditions": conditions, "nodeInfo": {"kubeletVersion": "v1.36.0"}},
    }  # fmt: skip


def found(tools: Tools, *objects: dict[str, Any], history: tuple[dict[str, Any], ...] = ()) -> Status:
    tools.objects(LOOK, objects)
    tools.history(*history)
    return status("dev")


def backend(tools: Tools, *objects: dict[str, Any], history: tuple[dict[str, Any], ...] = ()) -> ServiceStatus:
    services = found(tools, *objects, history=history).services
    return next(each for each in services if each.name == "backend-api")


def test_a_service_has_its_pods_its_range_and_its_restarts(tools: Tools) -> None:
    killed = {"terminated": {"reason": "OOMKilled", "finishedAt": "2026-11-26T05:00:00Z"}}
    pods = [
        pod("a", restartCount=2, lastState=killed),
        pod("b", restartCount=1),
        pod("c", "frontend-web", restartCount=9),
    ]
    each = backend(tools, deployment(ready=1), scaler(), *pods)
    assert (each.ready, each.desired, each.least, each.most) == (1, 2, 2, 20)
    assert (each.restarts, each.last_restart) == (3, "OOMKilled")


def test_the_release_is_the_first_deployment_in_a_row_with_the_image(tools: Tools) -> None:
    history = (operation(NEW, day=4), operation(NEW, "failed", day=3), operation(NEW, day=2), operation(OLD, day=1))
    each = backend(tools, deployment(), history=history)
    assert (each.deployment, each.commit, each.by_hand) == (2, "02020202", False)


def test_an_image_that_was_not_deployed_was_changed_by_hand(tools: Tools) -> None:
    each = backend(tools, deployment(image=OLD), history=(operation(NEW),))
    assert (each.by_hand, each.deployment) == (True, None)


def test_a_placeholder_is_the_image_of_a_service_without_one(tools: Tools) -> None:
    each = backend(tools, deployment(image=PLACEHOLDER_IMAGE), history=(operation(""),))
    assert (each.placeholder, each.by_hand, each.deployment) == (True, False, 1)


def test_a_service_that_runs_the_image_of_another_one_follows_it(tools: Tools) -> None:
    history = operation(NEW)
    services = history["config"]["openmarket:services"]["objectValue"]
    services["frontend-web"] = {"imageOf": "backend-api"}
    web = deployment("frontend-web", image=NEW)
    (each,) = [each for each in found(tools, web, history=(history,)).services if each.name == "frontend-web"]
    assert (each.by_hand, each.deployment) == (False, 1)


def test_a_cron_job_has_its_schedule_and_how_its_last_run_ended(tools: Tools) -> None:
    tools.answer("kubectl", "api-resources", "\n".join([*KINDS, "cronjobs.batch", "jobs.batch"]))
    labels = {"app.kubernetes.io/name": "nightly"}
    runs = [
        {
            "kind": "Job",
            "metadata": {"name": f"nightly-{day}", "labels": labels, "creationTimestamp": f"2026-11-0{day}T05:00:00Z"},
            "status": {"conditions": [{"type": outcome, "status": "True"}]},
        }
        for day, outcome in ((2, "Failed"), (1, "Complete"))
    ]
    template = {"spec": {"template": {"spec": {"containers": [{"name": "nightly", "image": NEW}]}}}}
    spec = {"schedule": "30 4 * * *", "timeZone": "Asia/Seoul", "suspend": False, "jobTemplate": template}
    nightly = {"kind": "CronJob", "metadata": {"name": "nightly"}, "spec": spec}
    task = {"kind": "CronJob", "metadata": {"name": "reindex"}, "spec": {**spec, "suspend": True}}
    tools.objects(LOOK + ",cronjobs.batch,jobs.batch", [nightly, task, *runs])
    tools.history()
    now = status("dev")
    listed = {each.name: (each.schedule, each.last, each.outcome) for each in now.runs}
    assert listed == {
        "nightly": ("30 4 * * * Asia/Seoul", "2026-11-02T05:00:00Z", "failed"),
        "reindex": ("", "", ""),
    }
    assert [each.rollout for each in now.services] == ["no Deployment in the cluster"] * 2


def test_a_digest_has_the_tags_of_the_registry_except_those_that_move(tools: Tools) -> None:
    tools.answer("aws", "describe-images", json.dumps({"imageDetails": [{"imageTags": ["1.1", "dev-latest"]}]}))
    assert backend(tools, deployment()).tags == ["1.1"]
    tools.answer("aws", "describe-images", says="AccessDeniedException", code=254)
    assert backend(tools, deployment()).tags == ()


def test_a_service_without_deployment_is_listed_as_such(tools: Tools) -> None:
    each = backend(tools, deployment("frontend-web"))
    assert each.rollout == "no Deployment in the cluster"
    assert each.ready == 0


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (deployment(), ""),
        (deployment(reason="ReplicaSetUpdated", new=1), "rolling out: 1 of 2 pods are new"),
        (deployment(reason="ProgressDeadlineExceeded", fine=False), "stuck: ProgressDeadlineExceeded"),
        (deployment() | {"metadata": {"name": "backend-api", "generation": 3}}, "rolling out: 2 of 2 pods are new"),
    ],
)
def test_a_rollout_is_told_until_it_is_complete(state: dict[str, Any], says: str) -> None:
    assert rollout_of(state) == says


def entered(host: str, path: str, service: str, **port: Any) -> dict[str, Any]:
    """A rule of the Ingress."""
    backend = {"service": {"name": service, "port": port}}
    return {"host": host, "http": {"paths": [{"path": path, "pathType": "Prefix", "backend": backend}]}}


def test_the_load_balancer_has_its_address_and_hosts(tools: Tools) -> None:
    rules = [entered("api.test", "/", "api", number=1), entered("shop.test", "/api", "api", number=1), {}]
    ingress: dict[str, Any] = {
        "kind": "Ingress", "metadata": {"name": "openmarket-ingress"}, "spec": {"rules": rules},
        "status": {"loadBalancer": {"ingress": [{"hostname": "lb.test"}]}},
    }  # fmt: skip
    now = found(tools, ingress)
    assert (now.address, now.hosts, now.maintenance) == ("lb.test", ["api.test", "shop.test/api"], [])
    assert found(tools).address == ""
    rules.insert(0, entered("api.test", "/", "maintenance", name="use-annotation"))
    action = '{"type": "fixed-response", "fixedResponseConfig": {"statusCode": "503"}}'
    ingress["metadata"]["annotations"] = {"alb.ingress.kubernetes.io/actions.maintenance": action}
    assert found(tools, ingress).maintenance == ["api.test"]


def test_nodes_are_counted_by_group_and_zone() -> None:
    nodes = [node("general", "2a"), node("general", "2a", "Unknown"), node("general-more", "2c", unschedulable=True)]
    config = {"openmarket:cluster": {"nodeGroups": {"general": {}, "general-more": {}}}}
    first, second = node_groups(nodes, config)
    assert (first.group, first.zone, first.ready, first.total, first.capacity) == ("general", "2a", 1, 2, "on demand")
    assert (second.group, second.ready, second.total) == ("general-more", 0, 1)


def test_a_person_reads_it_and_a_program_too(tools: Tools) -> None:
    tools.objects(LOOK, [deployment(image=OLD), scaler()])
    tools.history(operation(NEW, day=2, git_dirty="true"))
    said = CliRunner().invoke(app, ["status", "--stack", "dev"]).output
    assert "backend-api:1.0" in said
    assert "#1 update succeeded in 1 min" in said
    assert "02020202*" in said
    assert "changed it by hand" in said
    assert not any(line.endswith(" ") for line in said.splitlines())
    read = json.loads(CliRunner().invoke(app, ["status", "--json"]).output)
    assert read["last"]["started"] == "2026-11-02T05:00:00+00:00"
    assert {each["name"] for each in read["services"]} == {"backend-api", "frontend-web"}


def test_a_stack_that_is_none_and_one_without_cluster_are_errors_of_one_line(tools: Tools) -> None:
    result = CliRunner().invoke(app, ["status", "--stack", "nope"])
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    said = "error: current stack does not have output property 'kubeconfig'"
    tools.answer("pulumi", "stack output kubeconfig", says=said, code=1)
    tools.history()
    result = CliRunner().invoke(app, ["status", "--stack", "dev"])
    assert result.exit_code == 1
    assert result.output == "Error: stack 'dev' has no cluster yet\n"
