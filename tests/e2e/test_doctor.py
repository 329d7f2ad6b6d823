"""The incidents that people were left alone with: the doctor names the cause of each first, and the command that helps.

The incidents come one after another in one stack. Those whose next command is `make repair` or `kubectl rollout undo`
end with it.
"""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from emulator.aws.tokens import NODE_GROUP, ROLE_POLICY_ATTACHMENT
from emulator.aws.types.rds import INSTANCE
from emulator.kubernetes.controllers.metrics import LOAD_ANNOTATION
from emulator.kubernetes.controllers.probes import SERVES
from tests.e2e.checkout import Checkout
from tests.e2e.doctor import JSON, NAMES, NAMESPACE, account, doctor, follow, healthy, kinds, only, until

pytestmark = pytest.mark.e2e

REGISTRY = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com"


def create(checkout: Checkout, document: JSON) -> None:
    """Create an object from one that was read."""
    kept = {"name", "namespace", "labels", "annotations"}
    metadata = {key: value for key, value in document["metadata"].items() if key in kept}
    body = {key: value for key, value in document.items() if key != "status"} | {"metadata": metadata}
    file = checkout.path / ".emulator" / "object.json"
    file.write_text(json.dumps(body))
    checkout.run(*NAMES, "create", "-f", str(file))


def failing_job(checkout: Checkout) -> JSON:
    """The Job of the database's users as it is, except that its container ends with an error."""
    (job,) = checkout.kubectl("dev", "get", "jobs", "-n", NAMESPACE)["items"]
    job["metadata"]["name"] = "database-users-again"
    for metadata in (job["metadata"], job["spec"]["template"]["metadata"]):
        of_job = ("controller-uid", "job-name")
        metadata["labels"] = {key: each for key, each in metadata["labels"].items() if not key.endswith(of_job)}
    job["spec"]["template"]["metadata"]["annotations"]["emulator.openmarket/exit-code"] = "1"
    del job["spec"]["selector"]
    return job | {"spec": job["spec"] | {"backoffLimit": 0}}


def test_a_healthy_stack_has_no_finding(deployed: Checkout) -> None:
    healthy(deployed)
    words = ("run", "--stack", "dev", "--", sys.executable, "-m", "ops", "doctor", "--stack", "dev")
    assert "dev is fine: 4 of 4 pods of 2 services and" in deployed.emulator(*words).stdout


def test_a_database_without_a_writer_comes_before_what_a_killed_deployment_left(deployed: Checkout) -> None:
    lock = deployed.path / ".emulator/backend/.pulumi/locks/organization/openmarket/dev/another.json"
    lock.parent.mkdir(parents=True, exist_ok=True)
    held = {"pid": 1, "username": "ann", "hostname": "laptop", "timestamp": "2026-11-26T05:00:00Z"}
    lock.write_text(json.dumps(held))
    instance = only(deployed, INSTANCE)
    with account(deployed).transaction() as transaction:
        transaction.put(replace(instance, outputs={**instance.outputs, "writer": False}))
    record = "sh.helm.release.v1.external-secrets.v9"
    deployed.run("kubectl", "-n", "kube-system", "create", "secret", "generic", record)
    labels = ("owner=helm", "name=external-secrets", "status=pending-upgrade")
    deployed.run("kubectl", "-n", "kube-system", "label", "secret", record, *labels)
    found = doctor(deployed)
    assert kinds(found["findings"]) == ["NoWriter", "Locked", "PendingRelease"]
    assert found["harm"] == "down"
    assert found["findings"][1]["why"] == ["ann@laptop since 2026-11-26T05:00:00 (pid 1)"]
    follow(deployed, found["findings"][2]["next"])
    with account(deployed).transaction() as transaction:
        transaction.put(instance)
    follow(deployed, found["findings"][1]["next"])
    healthy(deployed)


def test_an_image_a_readiness_path_and_a_job_that_fail_are_told_apart(deployed: Checkout) -> None:
    image = f"{REGISTRY}/openmarket-dev/frontend-web:never-pushed"
    deployed.run(*NAMES, "set", "image", "deployment/frontend-web", f"frontend-web={image}")
    served = {"metadata": {"annotations": {SERVES: "/health/startup,/health/live"}}}
    patch = json.dumps({"spec": {"template": served}})
    deployed.run(*NAMES, "patch", "deployment", "backend-api", "--type=merge", f"--patch={patch}")
    create(deployed, failing_job(deployed))

    def right(found: JSON) -> None:
        assert set(kinds(found["findings"])) == {"MissingImage", "FailingProbe", "FailedJob"}
        assert found["harm"] == "blocked", "the pods of before are still there"

    found = until(deployed, right)
    by_kind = {each["kind"]: each for each in found["findings"]}
    assert image in by_kind["MissingImage"]["why"][0]
    assert "asks for /health/ready, which backend-api does not have" in by_kind["FailingProbe"]["what"]
    assert "openmarket:services.backend-api.health.readiness" in by_kind["FailingProbe"]["first"]
    assert by_kind["FailedJob"]["data"]["exit_code"] == 1
    assert "job/database-users-again" in by_kind["FailedJob"]["next"]
    follow(deployed, by_kind["MissingImage"]["next"])
    deployed.run(*NAMES, "rollout", "undo", "deployment/backend-api")
    deployed.run(*NAMES, "delete", "job", "database-users-again")
    healthy(deployed)


def test_a_key_that_a_secret_lacks_comes_before_the_pods_that_wait_for_it(deployed: Checkout) -> None:
    external = deployed.kubectl("dev", "get", "externalsecret", "openmarket-app-secrets", "-n", NAMESPACE)
    path = "/spec/data/0/remoteRef/property"
    there = external["spec"]["data"][0]["remoteRef"]["property"]

    def ask_for(key: str) -> None:
        patch = json.dumps([{"op": "replace", "path": path, "value": key}])
        names = ("externalsecret", "openmarket-app-secrets")
        deployed.run(*NAMES, "patch", *names, "--type=json", f"--patch={patch}")

    ask_for("no_such_key")
    deployed.run(*NAMES, "delete", "secret", external["spec"]["target"]["name"])
    deployed.run(*NAMES, "delete", "pods", "-l", "app.kubernetes.io/name=backend-api", "--wait=false")

    def right(found: JSON) -> None:
        (finding,) = found["findings"]
        assert finding["kind"] == "MissingProperty"
        assert finding["what"] == "The secret openmarket-dev-app-secrets has no key no_such_key"
        assert kinds(finding["consequences"]) == ["MissingConfiguration"]
        assert found["verdict"] == "The shop is down: no pod of backend-api is ready"

    until(deployed, right)
    ask_for(there)
    healthy(deployed)


def test_a_controller_without_its_policy_is_why_the_ingress_has_no_address(deployed: Checkout) -> None:
    ingress = deployed.kubectl("dev", "get", "ingress", "openmarket-ingress", "-n", NAMESPACE)
    policy = only(deployed, ROLE_POLICY_ATTACHMENT, "alb-controller")
    deployed.run(*NAMES, "delete", "ingress", "openmarket-ingress")
    with account(deployed).transaction() as transaction:
        transaction.remove(policy.type, policy.id)
    create(deployed, ingress)

    def right(found: JSON) -> None:
        (finding,) = found["findings"]
        assert finding["kind"] == "MissingPolicies"
        assert finding["harm"] == "down"
        assert "NoAddress" in kinds(finding["consequences"])
        assert finding["next"] == "make repair STACK=dev"

    until(deployed, right)
    with account(deployed).transaction() as transaction:
        transaction.put(policy)
    healthy(deployed)


def test_objects_that_somebody_deleted_come_back_by_the_next_command(deployed: Checkout) -> None:
    for kind, name in (("service", "frontend-web"), ("ingress", "openmarket-ingress"), ("deployment", "frontend-web")):
        deployed.run(*NAMES, "delete", kind, name)

    def right(found: JSON) -> None:
        first = found["findings"][0]
        assert first["kind"] == "Gone"
        named = {(kind, name) for kind, _, name in first["data"]["objects"]}
        assert named == {("Service", "frontend-web"), ("Ingress", "openmarket-ingress"), ("Deployment", "frontend-web")}
        assert found["verdict"] == "The shop is down: no pod of frontend-web is ready"

    follow(deployed, until(deployed, right)["findings"][0]["next"])
    healthy(deployed)


def test_a_full_node_group_comes_before_the_autoscaler_at_its_maximum(deployed: Checkout) -> None:
    group = only(deployed, NODE_GROUP)
    present = group.outputs["scalingConfig"]["desiredSize"]
    sizes = {"scalingConfig": {**group.outputs["scalingConfig"], "maxSize": present}}
    full = replace(group, inputs={**group.inputs, **sizes}, outputs={**group.outputs, **sizes})
    with account(deployed).transaction() as transaction:
        transaction.put(full)
    pods = len(deployed.kubectl("dev", "get", "pods", "-n", NAMESPACE)["items"])
    most = {"spec": {"minReplicas": 4 * present, "maxReplicas": 4 * present}}
    deployed.run(*NAMES, "patch", "hpa", "backend-api-hpa", "--type=merge", f"--patch={json.dumps(most)}")
    label = ("-l", "app.kubernetes.io/name=backend-api")
    deployed.run(*NAMES, "annotate", "pods", *label, f"{LOAD_ANNOTATION}=900", "--overwrite")

    def right(found: JSON) -> None:
        (finding,) = found["findings"]
        assert finding["kind"] == "FullGroup"
        assert set(kinds(finding["consequences"])) == {"NoRoom", "AtMaximum"}
        data = finding["data"]
        assert data["demand"] == [each * data["pending"] for each in (250, 512, 1, 1024)]
        assert f"nodeGroups.general.max` in Pulumi.dev.yaml to {present + data['more']} or more" in finding["first"]

    until(deployed, right)
    assert len(deployed.kubectl("dev", "get", "pods", "-n", NAMESPACE)["items"]) > pods


def test_a_node_that_is_gone_comes_before_the_pods_that_wait_for_one(deployed: Checkout) -> None:
    nodes = deployed.kubectl("dev", "get", "nodes")["items"]
    deployed.run("kubectl", "delete", "node", nodes[0]["metadata"]["name"])

    def right(found: JSON) -> None:
        first = found["findings"][0]
        assert first["kind"] == "MissingNodes"
        assert first["what"].startswith(f"1 of {len(nodes)} nodes of the node group general is gone")
        assert "NoRoom" in kinds(first["consequences"])

    until(deployed, right)


def test_a_stack_that_is_not_there_cannot_be_looked_at(deployed: Checkout) -> None:
    words = ("run", "--", sys.executable, "-m", "ops", "doctor", "--stack", "staging")
    done: subprocess.CompletedProcess[str] = deployed.emulator(*words, check=False)
    assert done.returncode == 2
    assert "staging is not deployed on the emulator: `make up STACK=staging` deploys it" in done.stdout
