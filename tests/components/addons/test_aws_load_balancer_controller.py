"""The AWS Load Balancer Controller and its identity."""

import json
from copy import deepcopy

from tests.components.program import Deployed, run_program, stack_file

POLICY_CHARACTERS = 6144
"""IAM's limit of a managed policy, white space not counted."""


def test_release(dev: Deployed) -> None:
    release = dev.one("helm.sh/v3:Release", "addons-alb-controller-release").inputs
    assert (release["name"], release["namespace"], release["version"]) == (
        "aws-load-balancer-controller", "kube-system", "3.5.0",
    )  # fmt: skip
    assert release["repositoryOpts"] == {"repo": "https://aws.github.io/eks-charts"}
    assert release["atomic"] is True
    values = release["values"]
    assert values["clusterName"] == "openmarket-dev-eks"
    assert values["region"] == "ap-northeast-2"
    assert values["vpcId"] == dev.outputs["vpc_id"]
    assert values["enableServiceMutatorWebhook"] is False


def test_the_role_is_for_this_service_account_only(dev: Deployed) -> None:
    role = dev.one("iam/role:Role", "addons-alb-controller-identity-role")
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    conditions = {key.rpartition(":")[2]: value for key, value in statement["Condition"]["StringEquals"].items()}
    assert conditions == {
        "sub": "system:serviceaccount:kube-system:aws-load-balancer-controller",
        "aud": "sts.amazonaws.com",
    }
    account = dev.one("helm.sh/v3:Release", "addons-alb-controller-release").inputs["values"]["serviceAccount"]
    assert account["name"] == "aws-load-balancer-controller"
    assert ":role/addons-alb-controller-identity-role" in account["annotations"]["eks.amazonaws.com/role-arn"]


def test_the_release_waits_for_permissions_and_for_name_resolution(dev: Deployed) -> None:
    assert dev.waits_for("addons-alb-controller-release") >= {
        "addons-alb-controller-identity-policy-attachment",
        "cluster-coredns",
    }


def test_a_private_mirror_of_the_chart() -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:chartRepositories"] = {"aws-load-balancer-controller": "https://charts.example.com/aws"}
    release = run_program("dev", settings).one("helm.sh/v3:Release", "addons-alb-controller-release")
    assert release.inputs["repositoryOpts"] == {"repo": "https://charts.example.com/aws"}


def test_its_policy_fits_and_stays_within_its_services(dev: Deployed) -> None:
    text = dev.one("iam/policy:Policy").inputs["policy"]
    assert len(text) <= POLICY_CHARACTERS
    statements = json.loads(text)["Statement"]
    assert len(statements) == 16
    actions = {action for statement in statements for action in statement["Action"]}
    assert not any("*" in action for action in actions)
    assert {"elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:DeleteLoadBalancer"} <= actions
    services = {action.partition(":")[0] for action in actions}
    assert services <= {"acm", "cognito-idp", "ec2", "elasticloadbalancing", "iam", "shield", "waf-regional", "wafv2"}
