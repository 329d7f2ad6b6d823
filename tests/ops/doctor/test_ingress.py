"""An Ingress without its load balancer, Jobs that failed, releases that hang, the database, and what is gone."""

from typing import Any

import pytest

from ops.doctor.finding import Harm, Ref
from tests.ops.doctor.world import (
    COMMANDS,
    DENIED_ROLE,
    INGRESS,
    NAMESPACE,
    PODS,
    STATE,
    ago,
    conditions,
    event,
    found,
    kinds,
    one,
    pod,
    said,
    state,
    thing,
    world,
)  # fmt: skip

BARE = INGRESS | {"status": {}}
ROLE, DENIED = "alb-role", DENIED_ROLE


def test_a_controller_without_its_policy_is_why_there_is_no_address() -> None:
    arn = "arn:aws:iam::123456789012:policy/alb"
    given = state("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "alb", role=ROLE, policyArn=arn)
    refused = event(BARE, "FailedDeployModel", DENIED)
    diagnosis = one(world(BARE, refused, state=(*STATE, given), policies={ROLE: frozenset()}))
    assert kinds([diagnosis]) == ["MissingPolicies"]
    assert diagnosis.harm is Harm.DOWN
    assert diagnosis.root.cause.words(COMMANDS).what == f"The role {ROLE} has lost a policy: alb"


@pytest.mark.parametrize(
    ("message", "next_"),
    [
        (DENIED, "make repair STACK=dev ON=aws"),
        ("couldn't auto-discover subnets: subnets count less than minimal", "make repair STACK=dev ON=aws"),
        ("CertificateNotFound: Certificate 'arn' not found", "make up STACK=dev ON=aws"),
        ("something new", "kubectl -n kube-system logs deployment/aws-load-balancer-controller --tail=20"),
    ],
)
def test_the_controllers_message_says_what_to_do(message: str, next_: str) -> None:
    words = one(world(BARE, event(BARE, "FailedBuildModel", message))).root.cause.words(COMMANDS)
    assert words.next == next_
    assert words.why == (message,)


def test_a_young_ingress_is_given_time() -> None:
    young = BARE | {"metadata": BARE["metadata"] | {"creationTimestamp": ago(30)}}
    assert found(world(young)) == []
    assert kinds(found(world(BARE))) == ["NoAddress"]


def test_a_change_that_does_not_come_through_blocks_and_no_more() -> None:
    before = event(INGRESS, "SuccessfullyReconciled", "Successfully reconciled", "Normal", seconds=500)
    refused = event(INGRESS, "FailedDeployModel", "no", seconds=100)
    assert one(world(before, refused)).harm is Harm.BLOCKED
    after = event(INGRESS, "SuccessfullyReconciled", "Successfully reconciled", "Normal", seconds=50)
    assert found(world(before, refused, after)) == []


def test_a_deletion_that_does_not_end_is_told() -> None:
    going = INGRESS | {"metadata": INGRESS["metadata"] | {"deletionTimestamp": ago(60)}}
    assert kinds(found(world(going))) == ["Vanishing"]


def job(name: str = "database-users-1", made: float = 600, **states: Any) -> dict[str, Any]:
    labels = {"app.kubernetes.io/name": "database-users"}
    template, status = {"metadata": {"labels": labels}}, {"conditions": conditions(**states)}
    metadata = {"creationTimestamp": ago(made)}
    return thing("Job", name, metadata=metadata, spec={"template": template}, status=status)


FAILED = ("True", "BackoffLimitExceeded", "Job has reached the specified backoff limit")


@pytest.mark.parametrize(
    ("line", "next_"),
    [
        ("ERROR 1045 (28000): Access denied for user 'admin'", "make up STACK=dev ON=aws"),
        ("db:3306 accepts no connection", "make up STACK=dev ON=aws"),
        ("oops", f"kubectl -n {NAMESPACE} logs job/database-users-1 --all-containers"),
    ],
)
def test_a_failed_job_shows_its_last_lines(line: str, next_: str) -> None:
    ended = {"name": "job", "image": "mysql", "state": {"terminated": {"exitCode": 1}}}
    last = pod(
        "web", 7, status={"phase": "Failed", "containerStatuses": [ended], "conditions": conditions(Ready="False")}
    )
    last["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "database-users-1", "controller": True}]
    logs = {Ref("Pod", NAMESPACE, last["metadata"]["name"]): (line,)}
    words = one(world(job(Failed=FAILED), last, logs=logs)).root.cause.words(COMMANDS)
    assert words.what == "The Job that makes the database's users has failed"
    assert "Its container ended with exit code 1." in words.why
    assert line in words.why
    assert words.next == next_


def test_a_later_job_that_succeeded_makes_up_for_it() -> None:
    assert found(world(job(Failed=FAILED), job("database-users-2", made=60, Complete="True"))) == []
    assert kinds(found(world(job(Failed=FAILED), job("database-users-0", made=900, Complete="True")))) == ["FailedJob"]


def run(name: str, made: float, **states: Any) -> dict[str, Any]:
    """A Job of a cron job."""
    made_by = [{"kind": "CronJob", "name": "nightly", "controller": True}]
    ran = job(name, made, **states)
    ran["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/name"] = "nightly"
    return ran | {"metadata": ran["metadata"] | {"ownerReferences": made_by}}


def test_of_a_cron_job_only_the_last_run_counts_and_it_blocks_nothing() -> None:
    failed = [run("nightly-1", 900, Failed=FAILED), run("nightly-2", 600, Failed=FAILED)]
    diagnosis = one(world(*failed))
    assert kinds([diagnosis]) == ["FailedRun"]
    assert diagnosis.harm is Harm.LATER
    words = diagnosis.root.cause.words(COMMANDS)
    assert words.what == "The last run of nightly has failed"
    assert words.next == f"kubectl -n {NAMESPACE} logs job/nightly-2 --all-containers"
    assert "./openmarket ops run nightly --stack dev" in words.first
    assert found(world(*failed, run("nightly-3", 60, Complete="True"))) == []


def test_all_that_somebody_deleted_is_one_finding_with_one_command() -> None:
    refs = [Ref("Deployment", NAMESPACE, "web"), Ref("Service", NAMESPACE, "web"), Ref("Ingress", NAMESPACE, "entry")]
    diagnosis = one(world(without=refs, pods=()))
    assert kinds([diagnosis]) == ["Gone"]
    assert diagnosis.harm is Harm.DOWN
    words = diagnosis.root.cause.words(COMMANDS)
    assert all(f"{ref.kind} {ref.name}" in words.what for ref in refs)
    assert words.next == "make repair STACK=dev ON=aws"


def test_a_service_that_is_gone_is_why_the_ingress_is_not_made() -> None:
    missing = 'Failed build model due to ingress: openmarket-dev/entry: Service "web" not found'
    diagnosis = one(world(BARE, event(BARE, "FailedBuildModel", missing), without=[Ref("Service", NAMESPACE, "web")]))
    assert kinds([diagnosis]) == ["Gone"]
    assert [type(each.cause).__name__ for each in diagnosis.consequences] == ["NoAddress"]


def test_operations_that_never_ended_and_locks_block() -> None:
    urn = "urn:pulumi:dev::openmarket::aws:ec2/vpc:Vpc::network-vpc"
    diagnoses = found(world(pending=(urn,), locks=("ann@laptop since 2026-11-26T04:00:00 (pid 7)",)))
    assert kinds(diagnoses) == ["PendingOperations", "Locked"]
    assert "network-vpc" in said(diagnoses)
    assert [each.root.cause.words(COMMANDS).next for each in diagnoses] == ["./openmarket ops recover --stack dev"] * 2


def test_a_helm_release_that_hangs_names_its_one_record() -> None:
    labels = {"name": "external-secrets", "owner": "helm", "status": "pending-upgrade"}
    record = {"name": "sh.helm.release.v1.external-secrets.v2", "namespace": "kube-system", "labels": labels}
    words = one(world(helm=(record,))).root.cause.words(COMMANDS)
    assert words.next == "kubectl -n kube-system delete secret sh.helm.release.v1.external-secrets.v2"


def test_an_addon_that_is_degraded_tells_its_issues() -> None:
    issue = {"code": "InsufficientNumberOfReplicas", "message": "The add-on is unhealthy", "resourceIds": []}
    healthy, degraded = (
        {"status": "ACTIVE", "health": {"issues": []}},
        {"status": "DEGRADED", "health": {"issues": [issue]}},
    )
    diagnosis = one(world(addons={"coredns": healthy, "metrics-server": degraded}))
    assert diagnosis.root.cause.words(COMMANDS).what == "The EKS add-on metrics-server is degraded"


DATABASE = (*STATE, state("aws:rds/cluster:Cluster", "database", clusterIdentifier="shop-db"))


@pytest.mark.parametrize(
    ("status", "what"),
    [
        ("stopped", "start-db-cluster --db-cluster-identifier shop-db"),
        ("", "The database shop-db is gone from RDS"),
        ("inaccessible-encryption-credentials", "The database shop-db is inaccessible-encryption-credentials"),
    ],
)
def test_a_database_that_does_not_answer_takes_the_shop_down(status: str, what: str) -> None:
    diagnosis = one(world(state=DATABASE, database={"Status": status}))
    assert diagnosis.harm is Harm.DOWN
    assert any(what in line for line in said([diagnosis]))


def test_of_two_databases_the_one_that_the_shop_uses_counts() -> None:
    old, new = (
        state("aws:rds/cluster:Cluster", name, clusterIdentifier=name, endpoint=f"{name}.test")
        for name in ("old", "new")
    )
    stack = state("pulumi:pulumi:Stack", "shop-dev", database_endpoint="new.test")
    diagnosis = one(world(state=(*STATE, stack, old, new), database={"Status": "stopped"}))
    assert any("The database new is stopped" in line for line in said([diagnosis]))


def test_a_database_at_work_is_no_finding() -> None:
    writer = {"DBInstanceIdentifier": "a", "IsClusterWriter": True}
    for status in ("available", "modifying", "backing-up"):
        assert found(world(state=DATABASE, database={"Status": status, "DBClusterMembers": [writer]})) == []
    assert kinds(found(world(state=DATABASE, database={"Status": "available"}))) == ["NoWriter"]


def test_more_than_one_cause_is_told_by_harm() -> None:
    labels = {"name": "x", "status": "pending-upgrade"}
    record = {"name": "sh.helm.release.v1.x.v2", "namespace": "kube-system", "labels": labels}
    several = world(BARE, helm=(record,), state=DATABASE, database={"Status": "stopped"}, pods=PODS)
    assert [each.harm for each in found(several)] == [Harm.DOWN, Harm.DOWN, Harm.BLOCKED]


@pytest.mark.parametrize(
    ("policy", "end", "what", "why"),
    [
        ("STANDARD", "2026-12-20T00:00:00+00:00", "ends on 2026-12-20, in 23 days", "upgrades the control plane"),
        ("EXTENDED", "2026-11-01T00:00:00+00:00", "has ended on 2026-11-01", "charges for extended support"),
    ],
)
def test_the_end_of_a_versions_support_is_told_in_time(policy: str, end: str, what: str, why: str) -> None:
    cluster = state("aws:eks/cluster:Cluster", "eks", name="c", version="1.34", upgradePolicy={"supportType": policy})
    diagnosis = one(world(state=(*STATE, cluster), support={"1.34": {"endOfStandardSupportDate": end}}))
    assert diagnosis.harm is Harm.LATER
    words = diagnosis.root.cause.words(COMMANDS)
    assert what in words.what
    assert why in words.why[0]
    assert words.next == "./openmarket ops addon-versions --stack dev --kubernetes 1.35"
    far = {"1.34": {"endOfStandardSupportDate": "2027-08-02T00:00:00+00:00"}}
    assert found(world(state=(*STATE, cluster), support=far)) == []


def test_a_maintenance_page_is_told_with_the_way_out() -> None:
    backend = {"service": {"name": "maintenance", "port": {"name": "use-annotation"}}}
    rule = {"host": "shop.test", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    action = '{"type": "fixed-response", "fixedResponseConfig": {"statusCode": "503"}}'
    annotations = {"alb.ingress.kubernetes.io/actions.maintenance": action}
    closed = INGRESS | {
        "metadata": INGRESS["metadata"] | {"annotations": annotations}, "spec": {"rules": [rule]},
    }  # fmt: skip
    diagnosis = one(world(closed))
    assert (diagnosis.harm, kinds([diagnosis])) == (Harm.DOWN, ["InMaintenance"])
    words = diagnosis.root.cause.words(COMMANDS)
    assert words.what == "The maintenance page is on: shop.test"
    assert "ops maintenance off --stack dev" in words.next
