"""Every service account leads to a role, to statements and to resources, and to nothing else."""

import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

from components.addons import catalogue
from tests.components.program import Deployed, run_program, sending_mail, stack_file

READ_SECRET = {"secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"}
WRITE_LOGS = {"logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"}
READ_BUCKET = {"s3:ListBucket", "s3:GetObject"}
WRITE_BUCKET = READ_BUCKET | {
    *("s3:PutObject", "s3:DeleteObject"),
    *("s3:ListBucketMultipartUploads", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
}
KINDS: dict[str, list[set[str]]] = {
    "bucket": [READ_BUCKET, WRITE_BUCKET],
    "secret": [READ_SECRET],
    "log group": [WRITE_LOGS],
    "key": [{"kms:Decrypt"}, {"kms:Decrypt", "kms:GenerateDataKey"}],
}
"""All that services and External Secrets may do to a resource, by its kind: one of these sets of actions."""

AUTOSCALER: dict[str, set[str]] = {
    "groups of nodes": {"autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"},
    "node groups of the cluster": {"eks:DescribeNodegroup"},
    "*": {
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetInstanceTypesFromInstanceRequirements",
    },
}
VOLUMES = {
    "key": {
        *("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"),
        *("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"),
    }
}

MANAGED = {
    "ebs-csi-driver": {"arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicyV2"},
    "cloudwatch-agent": {"arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"},
}

WITHOUT_RESOURCE = {
    *AUTOSCALER["*"],
    "logs:DescribeLogGroups",
}
"""Actions that AWS knows no resource for, by its Service Authorization Reference (pages of Amazon EC2 Auto Scaling and
Amazon EC2; `logs:DescribeLogGroups` lists groups whose names are not known yet)."""


WITHOUT_ROLE = {"kube-prometheus-stack", "vertical-pod-autoscaler"}
"""Charts whose pods ask AWS for nothing."""


@dataclass(frozen=True)
class Role:
    """A role of the program, as one follows it from its service account."""

    subject: str
    issuer: str
    statements: list[dict[str, Any]]
    managed: set[str]


def roles(deployed: Deployed) -> dict[str, Role]:
    """The roles in the stack's outputs."""
    return {name: _role(deployed, arn) for name, arn in deployed.outputs["role_arns"].items()}


def _role(deployed: Deployed, arn: str) -> Role:
    physical = arn.rpartition("/")[2]
    (resource,) = [r for r in deployed.of("iam/role:Role") if physical.startswith(f"{r.name}-")]
    (trust,) = json.loads(resource.inputs["assumeRolePolicy"])["Statement"]
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    conditions = trust["Condition"].pop("StringEquals")
    assert not trust["Condition"]
    issuer = trust["Principal"]["Federated"].partition("oidc-provider/")[2]
    assert set(conditions) == {f"{issuer}:sub", f"{issuer}:aud"}
    assert conditions[f"{issuer}:aud"] == "sts.amazonaws.com"
    inline = [p.inputs["policy"] for p in deployed.of("rolePolicy:RolePolicy") if p.inputs["role"] == physical]
    attached = [
        a.inputs["policyArn"]
        for a in deployed.of("rolePolicyAttachment:RolePolicyAttachment")
        if a.inputs["role"] == physical
    ]
    own = [p.inputs["policy"] for p in deployed.of("iam/policy:Policy") if any(p.name in arn for arn in attached)]
    statements = [statement for text in [*inline, *own] for statement in json.loads(text)["Statement"]]
    return Role(conditions[f"{issuer}:sub"], issuer, statements, {arn for arn in attached if "::aws:" in arn})


def listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value


def target(deployed: Deployed, arn: str) -> str:
    """What an ARN in a statement means; fails if there is no such resource in the stack."""
    service = arn if arn == "*" else arn.split(":")[2]
    rest = arn.split(":", 5)[-1]
    stack = deployed.outputs["namespace"].removeprefix("openmarket-")
    if service == "s3":
        name = rest.partition("/")[0].rpartition("-bucket-")[0]
        assert f"{name}-bucket" in {bucket.name for bucket in deployed.of("s3/bucket:Bucket")}
        return f"bucket {name}"
    if service == "secretsmanager":
        name = rest.removeprefix("secret:").rpartition("-")[0]
        assert name in {secret.inputs["name"] for secret in deployed.of("secretsmanager/secret:Secret")}
        return f"secret {name.removeprefix(f'openmarket-{stack}-')}"
    if service == "logs":
        name = rest.removeprefix("log-group:").removesuffix(":*")
        assert name in {group.inputs["name"] for group in deployed.of("logGroup:LogGroup")}
        return f"log group {name.removeprefix(f'/openmarket/{stack}')}"
    if service == "kms":
        assert key_of(deployed, arn)
        return "key"
    names = {
        "arn:aws:autoscaling:*:*:autoScalingGroup:*": "groups of nodes",
        f"arn:aws:eks:*:*:nodegroup/{deployed.outputs['cluster_name']}/*": "node groups of the cluster",
        "*": "*",
    }
    return names[arn]


def key_of(deployed: Deployed, arn: str) -> str:
    """The alias of a key, without the stack's prefix; fails if it is none of the stack's keys."""
    (alias,) = [a for a in deployed.of("kms/alias:Alias") if a.inputs["targetKeyId"] == arn.rpartition("/")[2]]
    return alias.inputs["name"].removeprefix(f"alias/{deployed.outputs['namespace']}-")


def permissions(deployed: Deployed, role: Role) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for statement in role.statements:
        for resource in listed(statement["Resource"]):
            found.setdefault(target(deployed, resource), set()).update(listed(statement["Action"]))
    return found


def test_every_role_trusts_one_service_account(deployed: Deployed) -> None:
    namespace = deployed.outputs["namespace"]
    services = stack_file(namespace.removeprefix("openmarket-"))["openmarket:services"]
    accounts = {addon.role_key(): addon.service_account for addon in catalogue.ALL if addon.service_account}
    for name, role in roles(deployed).items():
        expected = f"{namespace}:{name}" if name in services else f"{accounts[name].namespace}:{accounts[name].name}"
        assert role.subject == f"system:serviceaccount:{expected}"
    assert len({role.subject for role in roles(deployed).values()}) == len(roles(deployed))
    assert len({role.issuer for role in roles(deployed).values()}) == 1


def test_roles_of_services_and_of_the_operator_do_one_thing_to_each_resource(deployed: Deployed) -> None:
    services = stack_file(deployed.outputs["namespace"].removeprefix("openmarket-"))["openmarket:services"]
    for name in [*services, "external-secrets"]:
        role = roles(deployed)[name]
        assert not role.managed
        for resource, actions in permissions(deployed, role).items():
            kind = resource if resource == "key" else resource.rpartition(" ")[0]
            assert actions in KINDS[kind], f"{name} may {actions} on {resource}"


def test_a_service_writes_its_own_log_and_no_other(deployed: Deployed) -> None:
    services = stack_file(deployed.outputs["namespace"].removeprefix("openmarket-"))["openmarket:services"]
    for name, stanza in services.items():
        found = permissions(deployed, roles(deployed)[name])
        assert [resource for resource in found if resource.startswith("log group")] == [f"log group /{name}"]
        # Only a service that says what it uses is granted anything else.
        assert stanza.get("uses") or len(found) == 1, f"{name} uses nothing, and may {found}"


def test_the_operator_reads_the_secrets_that_the_cluster_has_and_no_other(deployed: Deployed) -> None:
    stack = deployed.outputs["namespace"]
    synced = {
        each["remoteRef"]["key"].removeprefix(f"{stack}-")
        for secret in deployed.of("external-secrets.io/v1:ExternalSecret")
        for each in secret.inputs["spec"]["data"]
    }
    granted = permissions(deployed, roles(deployed)["external-secrets"])
    assert synced
    assert granted.keys() == {*(f"secret {name}" for name in synced), "key"}


def test_add_ons_may_do_what_their_projects_ask_for(deployed: Deployed) -> None:
    expected = {"cluster-autoscaler": AUTOSCALER, "ebs-csi-driver": VOLUMES, "cloudwatch-agent": {}}
    for name, wanted in expected.items():
        assert permissions(deployed, roles(deployed)[name]) == wanted
        assert roles(deployed)[name].managed == MANAGED.get(name, set())


def statements(deployed: Deployed) -> Iterator[dict[str, Any]]:
    """Of every policy of the program's own that says what a role may do."""
    for policy in deployed.of("rolePolicy:RolePolicy"):
        yield from json.loads(policy.inputs["policy"])["Statement"]


def test_no_statement_is_wider_than_it_has_to_be(deployed: Deployed) -> None:
    for statement in statements(deployed):
        assert statement["Effect"] == "Allow"
        assert "NotAction" not in statement
        assert "NotResource" not in statement
        for action in listed(statement["Action"]):
            assert not action.endswith(":*")
            assert action != "*"
        if "*" in listed(statement["Resource"]):
            assert set(listed(statement["Action"])) <= WITHOUT_RESOURCE


def test_the_autoscaler_changes_this_clusters_groups_only(prod: Deployed) -> None:
    granted = roles(prod)["cluster-autoscaler"].statements
    changing = [statement for statement in granted if "autoscaling:SetDesiredCapacity" in statement["Action"]]
    tag = "aws:ResourceTag/k8s.io/cluster-autoscaler/openmarket-prod-eks"
    assert [statement["Condition"] for statement in changing] == [{"StringEquals": {tag: "owned"}}]


def test_keys_serve_one_service_each(prod: Deployed) -> None:
    for statement in roles(prod)["backend-api"].statements:
        if "kms:Decrypt" in statement["Action"]:
            (service,) = statement["Condition"]["StringEquals"].values()
            assert service in {"s3.ap-northeast-2.amazonaws.com", "secretsmanager.ap-northeast-2.amazonaws.com"}


def test_roles_use_the_keys_of_their_stores(prod: Deployed) -> None:
    used = {
        name: {
            key_of(prod, arn)
            for statement in role.statements
            for arn in listed(statement["Resource"])
            if arn.startswith("arn:aws:kms:")
        }
        for name, role in roles(prod).items()
    }
    assert {name: keys for name, keys in used.items() if keys} == {
        "alertmanager": {"logs"},
        "backend-api": {"objects", "credentials"},
        "external-secrets": {"credentials"},
        "ebs-csi-driver": {"volumes"},
    }


def test_service_accounts_carry_their_roles(deployed: Deployed) -> None:
    accounts = deployed.of("core/v1:ServiceAccount")
    assert accounts
    for account in accounts:
        metadata = account.inputs["metadata"]
        assert account.inputs["automountServiceAccountToken"] is False
        if metadata["name"] not in deployed.outputs["role_arns"]:
            assert "eks.amazonaws.com/role-arn" not in metadata["annotations"]
            continue
        role = roles(deployed)[metadata["name"]]
        assert metadata["annotations"]["eks.amazonaws.com/role-arn"] == deployed.outputs["role_arns"][metadata["name"]]
        assert role.subject == f"system:serviceaccount:{metadata['namespace']}:{metadata['name']}"


def test_service_accounts_of_charts_carry_their_roles(deployed: Deployed) -> None:
    for release in deployed.of("helm.sh/v3:Release"):
        if release.inputs["chart"] in WITHOUT_ROLE:
            continue
        values = release.inputs["values"]
        account = values.get("serviceAccount") or values["rbac"]["serviceAccount"]
        arn = deployed.outputs["role_arns"][account["name"]]
        assert account["create"] is True
        assert account["annotations"] == {"eks.amazonaws.com/role-arn": arn}
        subject = f"system:serviceaccount:{release.inputs['namespace']}:{account['name']}"
        assert roles(deployed)[account["name"]].subject == subject


def test_pods_wait_for_their_permissions(dev: Deployed) -> None:
    role = "frontend-web-identity"
    grants = {name for name in dev.options if name.startswith(f"{role}-")} - {f"{role}-role"}
    assert grants == {f"{role}-data-frontend-web-logs-write"}
    assert grants <= dev.waits_for("shop-frontend-web-deployment")


def test_mail_is_sent_from_one_domain_by_who_uses_mail() -> None:
    deployed = run_program("dev", sending_mail("mail.openmarket.example.com"))
    arn = "arn:aws:ses:ap-northeast-2:123456789012:identity/mail.openmarket.example.com"
    sending = {
        name: [s for s in role.statements if "ses:SendEmail" in s["Action"]] for name, role in roles(deployed).items()
    }
    (statement,) = sending.pop("backend-api")
    assert not any(sending.values())
    assert statement["Resource"] == arn
    assert statement["Condition"] == {"StringLike": {"ses:FromAddress": "*@mail.openmarket.example.com"}}


def test_a_third_service_gets_an_identity_of_its_own() -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:services"]["search"] = settings["openmarket:services"]["frontend-web"] | {"hosts": []}
    deployed = run_program("dev", settings)
    role = roles(deployed)["search"]
    assert role.subject == "system:serviceaccount:openmarket-dev:search"
    assert permissions(deployed, role) == {"log group /search": WRITE_LOGS}
    assert "search" in deployed.outputs["ecr_repositories"]


@pytest.mark.parametrize("secret", ["rds-credentials", "migration-db-credentials"])
def test_the_application_never_sees_other_database_users(deployed: Deployed, secret: str) -> None:
    assert f"secret {secret}" not in permissions(deployed, roles(deployed)["backend-api"])
