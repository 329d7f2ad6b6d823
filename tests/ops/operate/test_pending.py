"""A state gets the resources of creations that AWS finished, in the order and with the marks of the engine."""

import json
from typing import Any

import pytest

from ops.operate import pending
from ops.operate.acting import NotDone
from ops.operate.pending import Exported
from tests.ops.operate.conftest import Tools

BEGIN = "urn:pulumi:dev::openmarket::"
VPC, GROUP, ROLE = f"{BEGIN}aws:ec2/vpc:Vpc::v", f"{BEGIN}aws:ec2/securityGroup:SecurityGroup::g", f"{BEGIN}r::r"


def resource(urn: str, **more: Any) -> dict[str, Any]:
    return {"urn": urn, "type": urn.split("::")[2], "custom": True, **more}


def exported(resources: list[dict[str, Any]], *creating: dict[str, Any]) -> Exported:
    operations = [{"resource": each, "type": "creating"} for each in creating]
    return Exported({"version": 3, "deployment": {"resources": resources, "pending_operations": operations}})


def resources(state: dict[str, Any]) -> list[dict[str, Any]]:
    assert state["deployment"]["pending_operations"] == []
    assert state["version"] == 3
    return state["deployment"]["resources"]


def test_a_creation_that_was_finished_becomes_a_resource_behind_what_it_depends_on() -> None:
    vpc = resource(VPC, id="vpc-1")
    group = resource(GROUP, parent=VPC, dependencies=[VPC], inputs={"name": "g"})
    state = exported([vpc], group, group).completed({GROUP: "sg-1"})
    assert resources(state) == [vpc, {**group, "id": "sg-1", "outputs": {}}]


def test_what_nobody_found_is_forgotten() -> None:
    vpc = resource(VPC, id="vpc-1")
    assert resources(exported([vpc], resource(GROUP)).completed({})) == [vpc]


def test_what_was_to_be_replaced_is_deleted_by_the_next_deployment() -> None:
    old, user = resource(GROUP, id="sg-0"), resource(ROLE, id="r", dependencies=[GROUP])
    state = exported([old, user], resource(GROUP)).completed({GROUP: "sg-1"})
    new = {**resource(GROUP), "id": "sg-1", "outputs": {}}
    assert resources(state) == [new, {**old, "delete": True}, user]


def test_what_was_deleted_first_is_gone() -> None:
    old = resource(GROUP, id="sg-0", pendingReplacement=True)
    state = exported([old], resource(GROUP)).completed({GROUP: "sg-1"})
    assert [each["id"] for each in resources(state)] == ["sg-1"]


def test_an_operation_is_there_once_however_often_it_was_begun() -> None:
    group = resource(GROUP, inputs={"name": "g-1a2b"})
    state = exported([], group, group)
    assert [(each.kind, each.told) for each in state.operations] == [
        ("creating", "g (aws:ec2/securityGroup:SecurityGroup, g-1a2b)")
    ]


def test_components_are_nothing_in_aws() -> None:
    component = {**resource(f"{BEGIN}openmarket:data:Bucket::b"), "custom": False}
    assert exported([], component).operations == ()


def test_the_state_is_kept_as_it_was_and_the_new_one_is_not(tools: Tools) -> None:
    tools.answer("pulumi", "stack import --stack dev --file")
    state = exported([], resource(GROUP))
    pending.complete("dev", state, {GROUP: "sg-1"})
    assert json.loads(pending.copy_of("dev").read_text()) == state.content
    assert pending.copy_of("dev").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in pending.copy_of("dev").parent.glob("dev-*")] == ["dev-before-recover.json"]


def test_a_state_that_pulumi_does_not_take_is_an_error(tools: Tools) -> None:
    tools.answer("pulumi", "stack import", says="error: the stack is locked", code=255)
    with pytest.raises(NotDone, match="the stack is locked"):
        pending.complete("dev", exported([], resource(GROUP)), {GROUP: "sg-1"})
