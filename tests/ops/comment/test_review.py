"""The comment says first whether a change may be merged, and why."""

import json
from typing import Any

import pytest

from analysis.preview import STACK, UNKNOWN, Preview, State, Step
from ops.comment.downtimes import RESTARTS, Restart
from ops.comment.facts import Removal, Removed
from ops.comment.finding import Kind, Severity
from ops.comment.review import review
from ops.comment.text import comment
from ops.comment.verdict import LENGTH, first_line
from tests.ops.previews import change, preview, state, update, violation

CLUSTER = "aws:rds/cluster:Cluster"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def replaced(type_: str, name: str = "it", **inputs: Any) -> Step:
    return change("replace", state(type_, name, key=1, **inputs), state(type_, name, key=2, **inputs), "key")


def policy(*actions: str, who: str = "") -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": list(actions), "Resource": "arn:aws:s3:::shop/*"}
    if who:
        statement["Principal"] = who
    return {"role": "backend", "policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


def pods(**container: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"containers": [{"name": "web", **container}]}}}}


def test_nothing_is_one_line() -> None:
    same = preview(change("same", state("t"), state("t")))
    assert comment(review(same)).splitlines()[:2] == [
        "<!-- openmarket-preview:dev -->",
        "🟢 **dev: nothing changes**",
    ]


def test_what_waits_for_aws_since_an_earlier_deployment_is_told_and_no_change() -> None:
    type_, wanted = "aws:rds/clusterInstance:ClusterInstance", {"instanceClass": "db.r7g.xlarge"}
    old = state(type_, **wanted, preferredMaintenanceWindow="sun:18:30-sun:19:30")
    step = change(
        "update", old.model_copy(update={"outputs": {"instanceClass": "db.r7g.large"}}), old,
        detailed_diff={"instanceClass": {"kind": "update"}},
    )  # fmt: skip
    seen = review(preview(step))
    assert (seen.changes, seen.findings) == ((), ())
    text = comment(seen)
    assert "🟢 **dev: nothing changes**" in text
    assert "instanceClass db.r7g.xlarge waits for the maintenance window of sun:18:30-sun:19:30 UTC" in text


@pytest.mark.parametrize(
    ("step", "severity"),
    [
        (replaced(CLUSTER), Severity.STOP),
        (change("delete", state("aws:s3/bucket:Bucket"), None), Severity.STOP),
        (change("delete", state("aws:kms/key:Key"), None), Severity.STOP),
        (replaced("aws:eks/cluster:Cluster"), Severity.STOP),
        (replaced("kubernetes:core/v1:ConfigMap"), Severity.NOTE),
        (change("delete", state("aws:cloudwatch/metricAlarm:MetricAlarm"), None), Severity.LOOK),
        (update(CLUSTER, {"deletionProtection": True}, {"deletionProtection": False}), Severity.STOP),
        (update(CLUSTER, {"deletionProtection": False}, {"deletionProtection": True}), Severity.NOTE),
        (update(CLUSTER, {"backupRetentionPeriod": 30}, {"backupRetentionPeriod": 7}), Severity.STOP),
        (update(CLUSTER, {"backupRetentionPeriod": 7}, {"backupRetentionPeriod": 30}), Severity.NOTE),
        (update(CLUSTER, {"skipFinalSnapshot": False}, {"skipFinalSnapshot": True}), Severity.STOP),
        (update(CLUSTER, {"engineVersion": "1"}, {"engineVersion": "2"}), Severity.LOOK),
        (update("kubernetes:apps/v1:Deployment", pods(image="a:1"), pods(image="a:2")), Severity.NOTE),
        (update("kubernetes:apps/v1:Deployment", pods(image="r.io/a:1"), pods(image="r.io/a@sha256:2")), Severity.NOTE),
        (update("kubernetes:apps/v1:Deployment", pods(image="r.io/a:1"), pods(image="x.io/a:1")), Severity.LOOK),
        (update("kubernetes:apps/v1:Deployment", pods(), pods(securityContext={"privileged": True})), Severity.LOOK),
        (update("kubernetes:apps/v1:Deployment", {"spec": {"replicas": 2}}, {"spec": {"replicas": 0}}), Severity.STOP),
        (update("aws:kms/key:Key", {"isEnabled": True}, {"isEnabled": False}), Severity.STOP),
        (update("aws:cloudfront/distribution:Distribution", {"enabled": True, "webAclId": "x"},
                {"enabled": False, "webAclId": "x"}), Severity.STOP),
        (update("aws:eks/cluster:Cluster", {"version": "1.36"}, {"version": "1.35"}), Severity.STOP),
        (update("aws:eks/cluster:Cluster", {"version": "1.35"}, {"version": "1.36"}), Severity.LOOK),
        (update("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
                {"rules": [{"id": "old", "noncurrentVersionExpiration": {"noncurrentDays": 7}}]},
                {"rules": [{"id": "old", "noncurrentVersionExpiration": {"noncurrentDays": 1}}]}), Severity.STOP),
        (update("aws:anything/new:New", {"tags": {"a": "1"}}, {"tags": {"a": "2"}}), Severity.NOTE),
        (update("aws:anything/new:New", {"mode": "closed"}, {"mode": "open"}), Severity.LOOK),
        (update("aws:iam/role:Role", {}, {"managedPolicyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}),
         Severity.STOP),
        (update("aws:iam/role:Role", {}, {"inlinePolicies": [{"name": "x", **policy("*")}]}), Severity.STOP),
        (update("kubernetes:core/v1:ServiceAccount", {}, {"metadata": {"annotations": {
            "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/other"}}}), Severity.LOOK),
        (update("kubernetes:networking.k8s.io/v1:NetworkPolicy", {"spec": {}},
                {"spec": {"ingress": [{"from": [{"namespaceSelector": {}}]}]}}), Severity.LOOK),
        (update(ROLE_POLICY, policy("s3:GetObject"), policy("s3:GetObject", "s3:PutObject")), Severity.LOOK),
        (update(ROLE_POLICY, policy("s3:GetObject", "s3:PutObject"), policy("s3:GetObject")), Severity.NOTE),
        (update(ROLE_POLICY, policy("s3:GetObject"), policy("s3:*")), Severity.STOP),
        (update(ROLE_POLICY, policy("s3:GetObject"), {"role": "backend", "policy": UNKNOWN}), Severity.LOOK),
        (update("aws:s3/bucketPolicy:BucketPolicy", {}, policy("s3:GetObject", who="*")), Severity.STOP),
        (update(INGRESS_RULE, {"fromPort": 22, "toPort": 22, "cidrIpv4": "10.0.0.0/8"},
                {"fromPort": 22, "toPort": 22, "cidrIpv4": "0.0.0.0/0"}), Severity.STOP),
        (update(INGRESS_RULE, {"fromPort": 22, "toPort": 22, "cidrIpv4": "0.0.0.0/0"},
                {"fromPort": 22, "toPort": 22, "cidrIpv4": "10.0.0.0/8"}), Severity.LOOK),
        (update("aws:eks/cluster:Cluster", {"vpcConfig": {"publicAccessCidrs": ["203.0.113.0/24"]}},
                {"vpcConfig": {"publicAccessCidrs": ["0.0.0.0/0"]}}), Severity.STOP),
        (update("aws:rds/clusterInstance:ClusterInstance", {}, {"publiclyAccessible": True}), Severity.STOP),
    ],
)  # fmt: skip
def test_the_verdict_follows_from_what_is_at_stake(step: Step, severity: Severity) -> None:
    assert review(preview(step)).severity == severity


def test_the_first_of_a_type_is_for_a_reader_to_judge() -> None:
    there = change("same", state("aws:sqs/queue:Queue"), state("aws:sqs/queue:Queue"))
    another = change("create", None, state("aws:sqs/queue:Queue", "another"))
    first = change("create", None, state("aws:sns/topic:Topic"))
    assert review(preview(there, another)).severity == Severity.NOTE
    assert review(preview(there, first)).severity == Severity.LOOK
    assert review(preview(first)).severity == Severity.NOTE


def test_a_policy_or_an_error_stops_everything() -> None:
    broken = violation("p", "m", "mandatory")
    assert "a policy stops it" in first_line(review(preview(replaced("t"), violations=(broken,))))
    warned = violation("p", "m", "advisory")
    assert review(preview(violations=(warned,))).severity == Severity.LOOK
    failed = comment(review(preview(errors=("error: loglevel: 'loud' is not one of debug, info",))))
    assert "the preview failed" in failed.splitlines()[1]
    assert "loud" in failed.splitlines()[3]


def test_a_traceback_is_only_its_last_words() -> None:
    error = (
        'error: failed:\nTraceback (most recent call last):\n  File "/home/x.py", line 1, in y\n    z()\nValueError: no'
    )
    text = comment(review(preview(errors=(error,))))
    assert "ValueError: no" in text
    assert "x.py" not in text


def network() -> Preview:
    """A VPC is replaced, with a subnet and another subnet in it."""
    vpc = replaced("aws:ec2/vpc:Vpc", "vpc")
    subnets = [
        change(
            "replace",
            state("aws:ec2/subnet:Subnet", name, vpcId="vpc-0123456789"),
            state("aws:ec2/subnet:Subnet", name, vpcId=UNKNOWN).model_copy(
                update={"property_dependencies": {"vpcId": (vpc.urn,)}}
            ),
            "vpcId",
        )
        for name in ("left", "right")
    ]
    return preview(vpc, *subnets)


def test_consequences_are_counted_with_their_cause() -> None:
    text = comment(review(network()))
    why = [line for line in text.splitlines() if line.startswith(("- 🔴", "- 🟡"))]
    assert len(why) == 1
    assert "`vpc` (ec2 Vpc) is replaced, as `key` changes, and with it 2 other resources" in why[0]


@pytest.mark.parametrize("store", ["rds", "elasticache"])
def test_a_store_stays_in_the_network_that_is_replaced(store: str) -> None:
    type_ = f"aws:{store}/subnetGroup:SubnetGroup"
    vpc, *subnets = network().steps
    old, new = state(type_, "subnets", subnetIds=["subnet-0123456789"]), state(type_, "subnets", subnetIds=UNKNOWN)
    follows = new.model_copy(update={"property_dependencies": {"subnetIds": (subnets[0].urn,)}})
    reviewed = review(preview(vpc, *subnets, change("update", old, follows)))
    (found,) = reviewed.of(Kind.IMPOSSIBLE)
    assert (found.severity, found.causes) == (Severity.STOP, ("vpc",))
    assert found.downtime
    assert "1 data store left in the old network" in first_line(reviewed)
    assert not review(preview(update(type_, {"subnetIds": ["a"]}, {"subnetIds": ["a", "b"]}))).of(Kind.IMPOSSIBLE)


def test_one_gateway_of_several_can_go() -> None:
    one, other = (state("aws:ec2/natGateway:NatGateway", name) for name in ("a", "b"))
    some = review(preview(change("same", one, one), change("delete", other, None)))
    assert some.severity == Severity.LOOK
    assert "open connections end" in comment(some)
    every = review(preview(change("delete", one, None), change("delete", other, None)))
    assert every.severity == Severity.STOP


def stack(**outputs: Any) -> State:
    return State(urn=f"urn:pulumi:dev::openmarket::{STACK}::openmarket-dev", type=STACK, outputs=outputs)


def test_an_output_that_goes_is_told_and_one_that_comes_is_harmless() -> None:
    gone = review(preview(change("same", stack(alb_dns="a", urls=["b"]), stack(urls=["b"], lb_dns="a"))))
    assert gone.severity == Severity.LOOK
    assert "- 🟡 **Outputs:** `alb_dns` removed" in comment(gone)
    assert "| new | `lb_dns` |  | `a` |" in comment(gone)
    more = review(preview(change("same", stack(urls=["b"]), stack(urls=["c"], apiToken="hush"))))
    assert first_line(more).startswith("🟢 **dev: safe to merge**")
    assert "| changes | `urls` |" in comment(more)
    assert "hush" not in comment(more)


def test_outputs_that_nobody_recorded_are_not_gone() -> None:
    assert "nothing changes" in first_line(review(preview(change("same", stack(urls=["b"]), stack()))))


def test_what_the_stack_gives_up_and_leaves_where_it_is_is_told() -> None:
    gateway = state("aws:ec2/natGateway:NatGateway").model_copy(update={"retain_on_delete": True})
    reviewed = review(preview(change("delete", gateway, None)))
    assert reviewed.severity == Severity.LOOK
    assert "is removed from the stack and kept in the account" in comment(reviewed)
    assert not reviewed.costs.total
    database = state(CLUSTER, key=1).model_copy(update={"retain_on_delete": True})
    replaced_one = comment(review(preview(change("replace", database, state(CLUSTER, key=2), "key"))))
    assert "the old one is removed from the stack and kept in the account" in replaced_one
    assert "lost:" not in replaced_one


def test_what_the_program_no_longer_looks_up_is_harmless_and_costs_nothing() -> None:
    gateway = state("aws:ec2/natGateway:NatGateway").model_copy(update={"external": True})
    reviewed = review(preview(change("discard", gateway, None)))
    assert reviewed.severity == Severity.NOTE
    assert "**no longer read** `it`" in comment(reviewed)
    assert not reviewed.costs.total


@pytest.mark.parametrize(
    "cidrs", [["0.0.0.0/7"], ["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/2"], ["12.0.0.0/8", "13.0.0.0/8"]]
)
def test_what_counts_as_the_internet_is_what_the_policies_say(cidrs: list[str]) -> None:
    old, new = ({"endpointPublicAccess": True, "publicAccessCidrs": each} for each in (["203.0.113.0/24"], cidrs))
    reviewed = review(preview(update("aws:eks/cluster:Cluster", {"vpcConfig": old}, {"vpcConfig": new})))
    assert {way.severity for way in reviewed.opened} == {Severity.STOP}
    assert all("internet" in way.open_to for way in reviewed.opened)


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:iam::aws:policy/AmazonS3FullAccess",
        "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    ],
)
def test_a_policy_for_everything_is_a_wide_permission(arn: str) -> None:
    association = state("aws:eks/accessPolicyAssociation:AccessPolicyAssociation", policyArn=arn, principalArn="x")
    assert review(preview(change("create", None, association))).severity == Severity.STOP


def test_what_comes_and_goes_with_its_content_in_its_name_is_a_new_version() -> None:
    old, new = (state("kubernetes:batch/v1:Job", name) for name in ("job-1", "job-2"))
    reviewed = review(preview(change("delete", old, None), change("create", None, new)))
    assert [each.kind for each in reviewed.changes] == ["new version"]
    assert reviewed.severity == Severity.NOTE


def test_the_order_of_a_replacement_is_told() -> None:
    first = replaced(CLUSTER).model_copy(update={"deleted_first": True})
    assert "deleted before it is created" in comment(review(preview(first)))
    assert "created before the old one is deleted" in comment(review(preview(replaced(CLUSTER))))


def test_a_document_is_compared_by_what_it_says() -> None:
    text = comment(review(preview(update(ROLE_POLICY, policy("s3:GetObject"), policy("s3:PutObject")))))
    assert '- policy.Statement[0].Action: ["s3:GetObject"]' in text
    assert '+ policy.Statement[0].Action: ["s3:PutObject"]' in text


def test_the_first_line_is_short() -> None:
    for name in ("short", "x" * 300):
        many = preview(*(replaced(CLUSTER, f"{name}-{number}") for number in range(1000))).model_copy(
            update={"stack": name}
        )
        assert len(first_line(review(many))) <= LENGTH


@pytest.mark.parametrize(
    "restart", [each for listed in RESTARTS.values() for each in listed], ids=lambda each: each.what
)
def test_what_is_said_of_a_restart_agrees_with_whether_it_is_felt(restart: Restart) -> None:
    assert restart.time.startswith("none") != restart.noticeable
    assert restart.noticeable or not restart.deferrable


@pytest.mark.parametrize(("surge", "severity"), [("25%", Severity.NOTE), (0, Severity.LOOK), (UNKNOWN, Severity.NOTE)])
def test_a_rollout_interrupts_a_service_whose_pods_share_a_volume(surge: str | int, severity: Severity) -> None:
    def deployed(image: str) -> dict[str, Any]:
        strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge}}
        return {"spec": {**pods(image=image)["spec"], "strategy": strategy}}

    (found,) = review(preview(update("kubernetes:apps/v1:Deployment", deployed("a:1"), deployed("a:2")))).of(
        Kind.RESTART
    )
    assert found.severity is severity
    assert found.downtime
    assert found.downtime.time.startswith("none") == (severity is Severity.NOTE)


def test_a_finding_says_how_a_store_goes_and_why_as_data() -> None:
    gone = change("delete", state("aws:s3/bucket:Bucket", "old"), None)
    found = review(preview(replaced(CLUSTER), gone)).of(Kind.DATA)
    facts = {each.subject: each.fact for each in found if isinstance(each.fact, Removed)}
    assert {name: fact.removal for name, fact in facts.items()} == {"it": Removal.REPLACED, "old": Removal.DELETED}
    assert {name: fact.properties for name, fact in facts.items()} == {"it": ("key",), "old": ()}
