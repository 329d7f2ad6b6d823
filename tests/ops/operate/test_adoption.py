"""Whatever of the program was being created when the engine was killed is found in AWS, and nothing else is."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aws_account import RecordingClusters
from aws_models import service_model, strange
from botocore import xform_name

from analysis.preview import State
from analysis.urns import name_of
from emulator.aws import cli, tokens
from emulator.aws.account import AwsAccount
from emulator.aws.catalogue import TYPES
from emulator.aws.identity import Identity
from emulator.aws.provider import checked, outputs
from emulator.aws.resource_type import Context
from emulator.aws.types import shield
from emulator.aws.types.route53 import RECORD
from emulator.plugins.provider import Resource
from emulator.store import StoredObject
from ops import aws
from ops.aws import AwsError
from ops.operate import adoption
from ops.operate.acting import NotDone
from ops.operate.adoption import Decision, decide
from ops.operate.arns import ARNS
from ops.operate.natural_keys import FINDERS
from ops.operate.pending import Exported
from tests.ops.program_states import states

REGION, ACCOUNT = "ap-northeast-2", "123456789012"
TAGS = {"Project": "openmarket", "CostCenter": "openmarket-dev"}
Sent = tuple[str, dict[str, Any]]
"""A URN, and the inputs that the provider has checked."""


@dataclass
class Killed:
    """An account in which AWS has finished what a killed engine had begun.

    Attributes:
        asked: The questions to AWS, with its answers.
    """

    store: AwsAccount
    sent: list[Sent] = field(default_factory=list[Sent])
    asked: list[tuple[tuple[str, ...], Any]] = field(default_factory=list[tuple[tuple[str, ...], Any]])

    def send(self, type_: str, name: str, inputs: dict[str, Any], id_: str = "") -> StoredObject:
        """Send a creation and have AWS do it. What it refers to need not be there."""
        urn = f"urn:pulumi:dev::openmarket::{type_}::{name}"
        resource, identity = Resource(urn, type_, name), Identity(ACCOUNT, REGION)
        complete, _ = checked(TYPES[type_], resource, inputs, name.encode(), TAGS, identity)
        self.sent.append((urn, dict(complete)))
        return self.make(type_, urn, dict(complete), id_)

    def make(self, type_: str, urn: str, inputs: dict[str, Any], id_: str = "") -> StoredObject:
        """Let AWS have an object that came of these inputs; the id is AWS's choice, unless one is given."""
        context = Context(Identity(ACCOUNT, REGION), urn, inputs, secrets.token_hex(), "2026-11-26T05:00:00Z")
        id_ = id_ or TYPES[type_].id(context)
        made = outputs(TYPES[type_], Context(context.identity, urn, inputs, id_, context.created, id_))
        stored = StoredObject(type_, id_, urn, inputs=inputs, outputs=made)
        with self.store.transaction() as transaction:
            transaction.put(stored)
        return stored

    def remove(self, type_: str) -> None:
        with self.store.transaction() as transaction:
            for each in transaction.find(type_):
                transaction.remove(type_, each.id)

    def exported(self, *resources: StoredObject) -> Exported:
        """The state that the engine left, which knows some of the objects."""
        pending = [{"resource": {"urn": urn, "inputs": inputs}, "type": "creating"} for urn, inputs in self.sent]
        known = [{"urn": f"{each.urn}-other", "type": each.type, "id": each.id} for each in resources]
        return Exported({"deployment": {"resources": known, "pending_operations": pending}})

    def decide(self, *known: StoredObject) -> Decision:
        return decide(self.exported(*known), REGION, ACCOUNT)


@pytest.fixture
def killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Killed:
    store = AwsAccount(RecordingClusters(), tmp_path / "aws.sqlite")
    made = Killed(store)

    def ask(region: str, *words: str) -> Any:
        code = cli.main(["--region", region, *words, "--output", "json"], lambda: store)
        printed = capsys.readouterr()
        if code:
            raise (aws.NotFound if any(each in printed.err for each in ("NoSuchEntity", "NotFound")) else AwsError)(
                printed.err
            )
        made.asked.append((words, json.loads(printed.out)))
        return json.loads(printed.out)

    monkeypatch.setattr(aws, "ask", ask)
    return made


def send_program(killed: Killed, stack: str, types: str = "aws:") -> list[StoredObject]:
    """Send everything of a stack at once, or what is of a type, and answer what AWS has of it."""
    found = [each for each in states(stack) if each.type.startswith(types)]
    # Others refer to a route table by its id, and to a role by its name.
    return [
        killed.send(
            each.type, name_of(each.urn), {**_names(each), **each.inputs}, each.id if each.type in _BY_ID else ""
        )
        for each in found
    ]


_BY_ID = (tokens.ROUTE_TABLE,)


def _names(state: State) -> dict[str, Any]:
    name = TYPES[state.type].name_property
    return {name: state.outputs[name]} if name in state.outputs else {}


def import_id(stored: StoredObject) -> str:
    """The id by which the provider imports an object."""
    imported_by = TYPES[stored.type].imported_by
    id_ = imported_by(stored) if imported_by else stored.id
    region = stored.outputs.get("region", REGION)
    return id_ if region == REGION else f"{id_}@{region}"


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_each_resource_of_the_program_is_found_among_all_others(killed: Killed, stack: str) -> None:
    made = send_program(killed, stack)
    decision = killed.decide()
    assert [(each.told, ids) for each, ids in decision.several] == []
    assert [each.told for each in decision.absent] == []
    assert [each.told for each in decision.unknown] == []
    left = {each.urn for each in decision.repeated}
    assert decision.ids == {each.urn: import_id(each) for each in made if each.urn not in left}
    assert len(decision.ids) > 80


def test_what_is_created_again_keeps_its_name(killed: Killed) -> None:
    send_program(killed, "prod")
    named = [each for each in killed.decide().repeated if TYPES[each.type].name_property]
    assert {each.type for each in named} == {tokens.ALARM}
    assert [each.told for each in named if not each.inputs["name"].startswith("openmarket-")] == []


def test_what_aws_does_not_have_is_absent(killed: Killed) -> None:
    for each in send_program(killed, "dev"):
        killed.remove(each.type)
    decision = killed.decide()
    assert (decision.ids, decision.found, decision.several) == ({}, [], [])
    assert len(decision.absent) > 80


def test_what_the_state_knows_came_of_another_creation(killed: Killed) -> None:
    made = [each for each in send_program(killed, "dev") if TYPES[each.type].imported_by is None]
    here = [each for each in made if each.outputs.get("region", REGION) == REGION]
    decision = killed.decide(*here)
    assert not {each.urn for each in decision.found} & {each.urn for each in here}


def names_of_aws() -> Iterator[str]:
    """Types of the program whose ids AWS chooses, so that there may be two of the same inputs."""
    for each in {each.type for each in states("dev") if each.type.startswith("aws:")}:
        contexts = [Context(Identity(ACCOUNT, REGION), "n", _Named(), seed, "") for seed in ("one", "other")]
        if len({TYPES[each].id(context) for context in contexts}) == 2 and not (
            TYPES[each].puts or TYPES[each].imported_by
        ):
            yield each


class _Named(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return key


@pytest.mark.parametrize("type_", sorted(names_of_aws()))
def test_of_two_none_is_taken(killed: Killed, type_: str) -> None:
    sent = send_program(killed, "dev", type_)
    again = killed.make(type_, sent[0].urn, dict(sent[0].inputs))
    decision = killed.decide()
    assert sent[0].urn not in decision.ids
    ((creation, ids),) = decision.several
    assert (creation.urn, set(ids)) == (sent[0].urn, {import_id(sent[0]), import_id(again)})
    (told,) = (each for each in decision.left() if "AWS has 2" in each)
    assert f"pulumi import '{type_}'" in told


def test_somebody_elses_namesake_is_not_taken(killed: Killed) -> None:
    (sent,) = (killed.send(tokens.LOG_GROUP, "logs", {"name": "/openmarket"}),)
    with killed.store.transaction() as transaction:
        transaction.put(StoredObject(sent.type, sent.id, outputs={**sent.outputs, "tagsAll": {"Project": "another"}}))
    assert killed.decide().ids == {}


def send_cluster(killed: Killed) -> list[StoredObject]:
    """Send what pulumi-eks makes of a cluster."""
    cluster = killed.send(tokens.CLUSTER, "cluster", {"name": "dev-eks", "vpcConfig": {"subnetIds": []}})
    principal = f"arn:aws:iam::{ACCOUNT}:role/people/operator"
    entry = killed.send(tokens.ACCESS_ENTRY, "entry", {"clusterName": "dev-eks", "principalArn": principal})
    url = "https://oidc.eks.ap-northeast-2.amazonaws.com/id/ABC"
    oidc = killed.send(tokens.OIDC_PROVIDER, "oidc", {"url": url, "clientIdLists": ["sts.amazonaws.com"]})
    return [cluster, entry, oidc]


def test_parts_of_a_cluster_are_found(killed: Killed) -> None:
    made = send_cluster(killed)
    assert killed.decide().ids == {each.urn: each.id for each in made}


def send_options(killed: Killed) -> list[StoredObject]:
    """Send what the stacks of the project do without."""
    vpc = killed.send(tokens.VPC, "vpc", {"cidrBlock": "10.0.0.0/16"})
    return [
        vpc,
        killed.send(tokens.VPC_CIDR, "more", {"vpcId": vpc.id, "cidrBlock": "10.1.0.0/16"}),
        killed.send(shield.SUBSCRIPTION, "subscription", {"autoRenew": "ENABLED"}),
        killed.send(shield.PROTECTION, "protection", {"resourceArn": "arn:aws:cloudfront::1:distribution/E1"}),
        killed.send(
            RECORD, "text", {"zoneId": "Z1", "name": "a.shop.kr", "type": "TXT", "records": ['"v=1"'], "ttl": 9}
        ),
        killed.send(RECORD, "any", {**_RECORD, "name": "*.shop.kr"}),
    ]


_RECORD: dict[str, Any] = {
    "zoneId": "Z1", "name": "shop.kr", "type": "A",
    "aliases": [{"name": "a.elb.amazonaws.com", "zoneId": "Z2", "evaluateTargetHealth": False}],
}  # fmt: skip


def test_what_only_some_stacks_have_is_found(killed: Killed) -> None:
    made = send_options(killed)
    assert killed.decide().ids == {each.urn: import_id(each) for each in made}


def test_a_record_that_says_something_else_is_not_taken(killed: Killed) -> None:
    killed.sent.append((f"urn:pulumi:dev::openmarket::{RECORD}::shop", _RECORD))
    aliases = [{"name": "another.elb.amazonaws.com", "zoneId": "Z2", "evaluateTargetHealth": False}]
    killed.make(RECORD, "another", {**_RECORD, "aliases": aliases})
    killed.make(RECORD, "next", {**_RECORD, "name": "www.shop.kr"})
    assert [name_of(each.urn) for each in killed.decide().absent] == ["shop"]


def test_what_a_provider_of_its_own_makes_is_not_looked_for(killed: Killed) -> None:
    record, provider = f"urn:pulumi:dev::openmarket::{RECORD}::shop", "urn:pulumi:dev::openmarket::pulumi:providers:aws"
    killed.make(RECORD, record, _RECORD)
    for name, looked_for in {"default_7_1_0": True, "zone": False}.items():
        resource = {"urn": record, "inputs": _RECORD, "provider": f"{provider}::{name}::1a2b"}
        exported = Exported({"deployment": {"pending_operations": [{"resource": resource, "type": "creating"}]}})
        decision = decide(exported, REGION, ACCOUNT)
        assert (len(decision.found), len(decision.unknown)) == (looked_for, not looked_for)


def test_every_type_that_a_program_can_have_is_looked_for_or_created_again(killed: Killed) -> None:
    types = [each for each, type_ in TYPES.items() if not type_.owned_by_aws and each not in {*FINDERS, *ARNS}]
    operations = [{"resource": {"urn": f"urn:pulumi:dev::p::{each}::n"}, "type": "creating"} for each in types]
    decision = decide(Exported({"deployment": {"pending_operations": operations}}), REGION, ACCOUNT)
    assert [each.type for each in decision.unknown] == []
    assert len(decision.repeated) == len(types) > 10


def test_answers_of_the_emulator_have_the_shape_of_aws(killed: Killed) -> None:
    send_program(killed, "prod")
    send_cluster(killed)
    send_options(killed)
    killed.decide()
    answers = {words[:2]: answer for words, answer in killed.asked}
    assert len(answers) > 15
    for (service, operation), answer in answers.items():
        known: Any = service_model(service).operation_names
        (name,) = (each for each in known if xform_name(each, "-") == operation)
        assert strange(service, name, answer) == []


def test_what_is_done_again_and_updates_are_told_apart(killed: Killed) -> None:
    begin = "urn:pulumi:dev::openmarket::"
    operations = [
        {"resource": {"urn": f"{begin}kubernetes:apps/v1:Deployment::d"}, "type": "creating"},
        {"resource": {"urn": f"{begin}aws:iam/rolePolicyAttachment:RolePolicyAttachment::a"}, "type": "creating"},
        {"resource": {"urn": f"{begin}aws:lambda/function:Function::w"}, "type": "creating"},
        {"resource": {"urn": f"{begin}aws:ec2/vpc:Vpc::v"}, "type": "updating"},
    ]
    decision = decide(Exported({"deployment": {"pending_operations": operations}}), REGION, ACCOUNT)
    assert [each.urn[-1] for each in decision.repeated] == ["d", "a"]
    assert [each.urn[-1] for each in decision.unknown] == ["w"]
    assert [each.urn[-1] for each in decision.others] == ["v"]
    assert killed.asked == []
    (left,) = decision.left()
    assert "`pulumi import 'aws:lambda/function:Function' 'w' '<id>' --protect=false`" in left


def test_without_permission_nothing_is_decided(killed: Killed, monkeypatch: pytest.MonkeyPatch) -> None:
    killed.send(tokens.VPC, "vpc", {"cidrBlock": "10.0.0.0/16"})

    def refuse(_region: str, *_words: str) -> Any:
        raise AwsError("AccessDeniedException: tag:GetResources")

    monkeypatch.setattr(aws, "ask", refuse)
    with pytest.raises(AwsError, match="tag:GetResources"):
        killed.decide()


def test_a_cluster_that_is_being_made_is_waited_for(killed: Killed, monkeypatch: pytest.MonkeyPatch) -> None:
    made = killed.send(tokens.CLUSTER, "cluster", {"name": "dev-eks", "vpcConfig": {"subnetIds": []}})
    with killed.store.transaction() as transaction:
        starting = {key: value for key, value in made.outputs.items() if key != "endpoint"}
        transaction.put(StoredObject(made.type, made.id, made.urn, outputs=starting))

    def finished(_seconds: float) -> None:
        with killed.store.transaction() as transaction:
            transaction.put(StoredObject(made.type, made.id, made.urn, outputs={**starting, "endpoint": "https://x"}))

    monkeypatch.setattr(adoption, "sleep", finished)
    said: list[str] = []
    adoption.await_aws(killed.decide(), REGION, said.append)
    assert said == ["AWS still makes cluster (aws:eks/cluster:Cluster, dev-eks): waiting for it"]


def test_a_cluster_that_does_not_become_ready_is_an_error(killed: Killed, monkeypatch: pytest.MonkeyPatch) -> None:
    made = killed.send(tokens.CLUSTER, "cluster", {"name": "dev-eks", "vpcConfig": {"subnetIds": []}})
    with killed.store.transaction() as transaction:
        starting = {key: value for key, value in made.outputs.items() if key != "endpoint"}
        transaction.put(StoredObject(made.type, made.id, made.urn, outputs=starting))
    monkeypatch.setattr(adoption, "_LONGEST", -1)
    with pytest.raises(NotDone, match="is CREATING in AWS"):
        adoption.await_aws(killed.decide(), REGION, lambda _: None)
