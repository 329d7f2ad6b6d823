"""Who may do what, as the state of a stack has it."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from analysis.preview import State
from ops import exported
from ops.__main__ import app
from ops.operate.access import Connection, Flows, access
from tests.ops.previews import state

ROLE = "shop-role-0a1b2c3"


def policy(*actions: str, resource: str = "arn:aws:s3:::uploads-0a1b2c3/*", effect: str = "Allow") -> str:
    return json.dumps({"Statement": [{"Effect": effect, "Action": list(actions), "Resource": resource}]})


def role(description: str, *documents: str) -> list[State]:
    made = state("aws:iam/role:Role", "shop-role", name=ROLE, description=description)
    attached = [
        state("aws:iam/rolePolicy:RolePolicy", f"policy-{number}", role=ROLE, policy=document)
        for number, document in enumerate(documents)
    ]
    return [made.model_copy(update={"id": ROLE}), *attached]


def network_policy(**spec: Any) -> State:
    return state(
        "kubernetes:networking.k8s.io/v1:NetworkPolicy", "policies-api", metadata={"name": "backend-api"}, spec=spec
    )


def test_what_a_service_may_do_is_told_of_its_service_account() -> None:
    found = access(role("Kubernetes service account openmarket-dev/api", policy("s3:Get", "s3:Put")), "openmarket-dev")
    (permission,) = found.services
    assert (permission.who, permission.actions) == ("openmarket-dev/api", ("s3:Get", "s3:Put"))
    assert not found.others


def test_permissions_of_one_resource_are_together_and_denials_apart() -> None:
    documents = [policy("s3:Put"), policy("s3:Get"), policy("s3:Delete", effect="Deny")]
    found = access(role("Kubernetes service account openmarket-dev/api", *documents), "openmarket-dev")
    assert [(each.actions, each.denied) for each in found.services] == [
        (("s3:Get", "s3:Put"), False), (("s3:Delete",), True)
    ]  # fmt: skip


@pytest.mark.parametrize("description", ["Kubernetes service account openmarket-addons/eso", "of EKS", ""])
def test_other_roles_are_no_services(description: str) -> None:
    found = access(role(description, policy("s3:Get")), "openmarket-dev")
    assert not found.services
    assert len(found.others) == 1


def test_access_policies_are_of_the_cluster() -> None:
    viewer = "arn:aws:iam::123456789012:role/viewer"
    view = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    association = state(
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
        principalArn=viewer, policyArn=view, accessScope={"type": "cluster"},
    )  # fmt: skip
    (permission,) = access([association], "openmarket-dev").cluster
    assert (permission.who, permission.actions) == (viewer, (f"everything in {view}",))


def test_connections_name_pods_subnets_and_networks() -> None:
    subnet = state("aws:ec2/subnet:Subnet", "network-data-a", cidrBlock="10.0.0.0/24")
    web = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "web"}}}
    anywhere = {"ipBlock": {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/16"]}}
    monitoring = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
    spec = {
        "ingress": [{"from": [web, monitoring], "ports": [{"port": 3000}]}],
        "egress": [
            {"to": [{"ipBlock": {"cidr": "10.0.0.0/24"}}], "ports": [{"port": 3306}]},
            {"to": [anywhere], "ports": [{"port": 443}]},
        ],
    }
    (flows,) = access([subnet, network_policy(**spec)], "openmarket-dev").flows
    assert flows == Flows(
        "backend-api",
        (Connection(("web", "monitoring/all pods"), "3000", pods=True),),
        (
            Connection(("network-data-a",), "3306", pods=False),
            Connection(("anywhere but 10.0.0.0/16",), "443", pods=False),
        ),
    )
    assert str(flows.opens[1]) == "anywhere but 10.0.0.0/16 :443"


def printed(monkeypatch: pytest.MonkeyPatch, states: list[State], *words: str) -> str:
    monkeypatch.setattr(exported, "from_stack", lambda stack: tuple(states))
    result = CliRunner().invoke(app, ["access", "--stack", "dev", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_tables_say_what_is_left_out_until_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    states = [*role("of EKS", policy("eks:Do")), network_policy()]
    short = printed(monkeypatch, states)
    assert "eks:Do" not in short
    assert "Other roles: 1. --all shows them." in short
    assert "nobody" in short
    assert "eks:Do" in printed(monkeypatch, states, "--all")


def test_json_has_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    found = json.loads(printed(monkeypatch, role("of EKS", policy("eks:Do")), "--json"))
    assert found["others"] == [
        {"who": "shop-role", "resource": "arn:aws:s3:::uploads-0a1b2c3/*", "actions": ["eks:Do"], "condition": "",
         "denied": False}
    ]  # fmt: skip
