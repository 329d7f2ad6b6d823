"""Further causes that the doctor knows, each provoked: it names the cause, and what follows from it behind it.

Those that do not disturb each other come at once, in one stack. `test_doctor.py` has the incidents.
"""

import json

import pytest

from emulator.aws.acts import END_OF_SUPPORT
from emulator.aws.tokens import INGRESS_RULE, LAUNCH_TEMPLATE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT
from tests.e2e.checkout import Checkout
from tests.e2e.doctor import JSON, NAMES, account, doctor, follow, healthy, kinds, only, until, without

pytestmark = pytest.mark.e2e

DATABASE = "openmarket-dev-aurora"
REGISTRY = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com"
SYSTEM = ("kubectl", "-n", "kube-system")
INGRESS = ("ingress", "openmarket-ingress")


def by_kind(found: JSON) -> dict[str, JSON]:
    """The findings that others follow from, and what follows, by their kind."""
    return {each["kind"]: each for root in found["findings"] for each in (root, *root["consequences"])}


def patch(checkout: Checkout, *words: str, **value: object) -> None:
    checkout.run(*NAMES, "patch", *words, "--type=merge", f"--patch={json.dumps(value)}")


def refresh(checkout: Checkout, name: str, interval: str) -> None:
    """Let the operator sync an ExternalSecret, as it does when its spec changes."""
    patch(checkout, "externalsecret", name, spec={"refreshInterval": interval})


def test_a_stopped_database_and_a_hotfix(deployed: Checkout) -> None:
    """And a node that is short of memory, and an add-on without an image, so that autoscalers get no metrics."""
    metrics, image = ("deployment", "metrics-server"), f"{REGISTRY}/openmarket-dev/frontend-web:never-pushed"
    deployed.run(*SYSTEM, "scale", *metrics, "--replicas=0")
    deployed.run(*SYSTEM, "set", "image", "/".join(metrics), f"*={image}")
    deployed.run(*SYSTEM, "scale", *metrics, "--replicas=2")
    deployed.run("aws", "rds", "stop-db-cluster", "--db-cluster-identifier", DATABASE)
    deployed.run(*NAMES, "set", "env", "deployment/frontend-web", "DEBUG=1")
    node = deployed.kubectl("dev", "get", "nodes")["items"][0]["metadata"]["name"]

    def pressed(status: str, reason: str) -> None:
        condition = {"type": "MemoryPressure", "status": status, "reason": reason, "message": f"kubelet {reason}"}
        value = json.dumps({"status": {"conditions": [condition]}})
        deployed.run("kubectl", "patch", "node", node, "--subresource=status", f"--patch={value}")

    pressed("True", "KubeletHasInsufficientMemory")

    def right(found: JSON) -> None:
        assert found["verdict"] == f"The shop is down: the database {DATABASE} is stopped"
        assert kinds(found["findings"])[0] == "Unavailable"
        causes = by_kind(found)
        assert set(kinds(found["findings"])) == {"Unavailable", "ChangedByHand", "NodeTrouble", "MissingImage"}
        assert causes["MissingImage"]["next"].endswith("kubectl -n kube-system describe deployment metrics-server")
        assert set(kinds(causes["MissingImage"]["consequences"])) == {"Blind", "DegradedAddon"}
        assert causes["DegradedAddon"]["what"] == "The EKS add-on metrics-server is degraded"
        assert causes["DegradedAddon"]["why"][0].startswith("InsufficientNumberOfReplicas: ")
        assert causes["ChangedByHand"]["what"] == "Somebody has changed env of frontend-web by hand"
        assert causes["NodeTrouble"]["what"].endswith("is short of memory")
        assert "has no metrics, and does nothing" in causes["Blind"]["what"]

    found = until(deployed, right, 180)
    follow(deployed, by_kind(found)["Unavailable"]["next"])
    pressed("False", "KubeletHasSufficientMemory")
    deployed.run(*SYSTEM, "rollout", "undo", "/".join(metrics))
    deployed.run(*NAMES, "rollout", "undo", "deployment/frontend-web")
    healthy(deployed, 120)


def test_a_lost_launch_template_and_a_version_that_loses_its_support(deployed: Checkout) -> None:
    deployed.emulator("aws-acts", "eks-end-of-support", "--stack", "dev")
    with without(deployed, only(deployed, LAUNCH_TEMPLATE)):
        found = doctor(deployed)
        assert kinds(found["findings"]) == ["GroupTrouble", "EndOfSupport"]
        trouble, end = found["findings"]
        assert trouble["what"] == "The node group general is in trouble: Ec2LaunchTemplateNotFound"
        assert trouble["next"] == "make repair STACK=dev"
        assert end["what"].startswith("Standard support of Kubernetes 1.36 ends on ")
        assert end["why"] == ["From then on AWS upgrades the control plane by itself."]
    follow(deployed, end["next"])
    with account(deployed).transaction() as transaction:
        for each in transaction.find(END_OF_SUPPORT):
            transaction.remove(each.type, each.id)
    healthy(deployed)


def test_a_version_that_a_secret_does_not_have(deployed: Checkout) -> None:
    name, wanted = "openmarket-app-secrets", "4e1b3c52-0d3b-4c0b-9b57-000000000000"
    path, names = "/spec/data/0/remoteRef/version", ("externalsecret", name)
    external = deployed.kubectl("dev", "get", *names, "-n", "openmarket-dev")
    there = external["spec"]["data"][0]["remoteRef"]["version"]

    def ask_for(version: str) -> None:
        value = json.dumps([{"op": "replace", "path": path, "value": version}])
        deployed.run(*NAMES, "patch", *names, "--type=json", f"--patch={value}")

    ask_for(f"uuid/{wanted}")

    def right(found: JSON) -> None:
        (finding,) = found["findings"]
        assert finding["kind"] == "MissingVersion"
        assert finding["what"] == f"The secret openmarket-dev-app-secrets has no version {wanted}"
        assert there.removeprefix("uuid/") in finding["why"][0]

    until(deployed, right)
    ask_for(there)
    healthy(deployed)


def test_a_secret_that_may_not_be_read_is_the_operators_missing_policy(deployed: Checkout) -> None:
    policy = only(deployed, ROLE_POLICY, "external-secrets-identity-data-app-secrets")
    with without(deployed, policy):
        refresh(deployed, "openmarket-app-secrets", "59m")

        def right(found: JSON) -> None:
            (finding,) = found["findings"]
            assert finding["kind"] == "MissingPolicies"
            assert kinds(finding["consequences"]) == ["UnreadableSecret"]

        until(deployed, right)
    refresh(deployed, "openmarket-app-secrets", "1h")
    healthy(deployed)


def test_a_store_whose_operator_has_no_role(deployed: Checkout) -> None:
    names, key = ("serviceaccount", "external-secrets"), "eks.amazonaws.com/role-arn"
    account_ = deployed.kubectl("dev", "get", *names, "-n", "kube-system")
    deployed.run(*SYSTEM, "annotate", *names, f"{key}-")
    deployed.run(*SYSTEM, "rollout", "restart", "deployment", "external-secrets")

    def right(found: JSON) -> None:
        assert "StoreTrouble" in kinds(found["findings"])
        assert "No Secret is refreshed: the store" in by_kind(found)["StoreTrouble"]["what"]

    until(deployed, right)
    deployed.run(*SYSTEM, "annotate", *names, f"{key}={account_['metadata']['annotations'][key]}")
    deployed.run(*SYSTEM, "rollout", "restart", "deployment", "external-secrets")
    healthy(deployed)


def test_targets_that_no_rule_lets_the_load_balancer_reach(deployed: Checkout) -> None:
    description = "Requests and health checks from the load balancer"
    with without(deployed, *account(deployed).find(INGRESS_RULE, description=description)):

        def right(found: JSON) -> None:
            assert found["harm"] == "down"
            assert set(kinds(found["findings"])) == {"UnhealthyTarget"}
            assert all(each["next"] == "make repair STACK=dev" for each in found["findings"])
            assert "no rule of" in found["findings"][0]["why"][1]

        until(deployed, right)
    healthy(deployed)


def test_a_change_and_a_deletion_that_the_controller_cannot_make(deployed: Checkout) -> None:
    """The autoscaler, which has lost its policy as well, ends at its start."""
    policies = [only(deployed, ROLE_POLICY_ATTACHMENT, "alb-controller"), only(deployed, ROLE_POLICY, "autoscaler")]
    ingress = deployed.kubectl("dev", "get", *INGRESS, "-n", "openmarket-dev")
    key = "alb.ingress.kubernetes.io/load-balancer-attributes"
    before = ingress["metadata"]["annotations"][key]

    def idle(seconds: int) -> None:
        value = before.replace("idle_timeout.timeout_seconds=60", f"idle_timeout.timeout_seconds={seconds}")
        patch(deployed, *INGRESS, metadata={"annotations": {key: value}})

    with without(deployed, *policies):
        idle(61)
        deployed.run(*SYSTEM, "delete", "pods", "-l", "app.kubernetes.io/name=aws-cluster-autoscaler")

        def changed(found: JSON) -> None:
            assert set(kinds(found["findings"])) == {"MissingPolicies"}
            assert set(by_kind(found)) == {"MissingPolicies", "NotApplied", "Crash"}

        until(deployed, changed)
        deployed.run(*NAMES, "delete", *INGRESS, "--wait=false")

        def vanishing(found: JSON) -> None:
            assert "Vanishing" in by_kind(found)
            assert found["harm"] == "down"

        until(deployed, vanishing)
    deployed.run(*NAMES, "wait", "--for=delete", "/".join(INGRESS), "--timeout=60s")

    def gone(found: JSON) -> None:
        assert by_kind(found)["Gone"]["data"]["objects"] == [["Ingress", "openmarket-dev", "openmarket-ingress"]]

    follow(deployed, by_kind(until(deployed, gone))["Gone"]["next"])
    healthy(deployed)


def test_an_operation_of_which_the_engine_did_not_hear(deployed: Checkout) -> None:
    with deployed.configured("dev", "alarms", chatWebhook=True):
        killing = {"OPENMARKET_EMULATOR_FAULTS": "kill-after:create:chat-log"}
        deployed.make("up", "STACK=dev", check=False, env=killing)
        found = doctor(deployed)
        assert {"Locked", "PendingOperations"} <= set(kinds(found["findings"]))
        pending = by_kind(found)["PendingOperations"]
        assert "chat-log" in pending["why"][0]
        follow(deployed, pending["next"])
        deployed.make("up", "STACK=dev")
        assert kinds(doctor(deployed)["findings"]) == ["UnsetWebhook"]
    deployed.up("dev")
    healthy(deployed)
