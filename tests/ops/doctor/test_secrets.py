"""ExternalSecrets: which key, property, version or role is in the way, and what waits for it."""

from typing import Any

import pytest

from ops.doctor.finding import Harm
from ops.doctor.secrets import MissingProperty, MissingVersion
from tests.ops.doctor.world import (
    COMMANDS,
    NAMESPACE,
    STATE,
    conditions,
    event,
    found,
    kinds,
    one,
    pod,
    said,
    state,
    thing,
    waiting,
    world,
)  # fmt: skip

KEY = "openmarket-dev-api-keys"
CHAT = "openmarket-dev-chat-webhook"
ARN = f"arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:{KEY}-AbCdEf"
ROLE = "operator-role"
DENIED = (
    f"api error AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/{ROLE}/session is not authorized "
    f"to perform: secretsmanager:GetSecretValue on resource: {ARN}"
)
BY_HAND = (*STATE, state("aws:secretsmanager/secret:Secret", "keys", name=KEY, arn=ARN))
GENERATED = (*BY_HAND, state("aws:secretsmanager/secretVersion:SecretVersion", "value", secretId=ARN))


def external(message: str, version: str = "") -> dict[str, Any]:
    remote = {"key": KEY, "property": "PAYMENT", **({"version": version} if version else {})}
    return thing(
        "ExternalSecret", "api-keys",
        spec={"data": [{"secretKey": "PAYMENT", "remoteRef": remote}], "target": {"name": "api-keys-1"},
              "secretStoreRef": {"kind": "ClusterSecretStore", "name": "store"}},
        status={"conditions": conditions(Ready=("False", "SecretSyncedError", message))},
    )  # fmt: skip


def listed(**more: Any) -> dict[str, dict[str, Any]]:
    return {KEY: {"Name": KEY, "ARN": ARN, "SecretVersionsToStages": {"one": ["AWSCURRENT"]}} | more}


def test_a_missing_key_is_named_with_the_secret_and_the_command_that_sets_it() -> None:
    lacks = external(f"key PAYMENT does not exist in secret {KEY}")
    words = one(world(lacks, state=BY_HAND, secrets=listed())).root.cause.words(COMMANDS)
    assert words.what == f"The secret {KEY} has no key PAYMENT"
    assert words.next.startswith(f"aws secretsmanager put-secret-value --secret-id {KEY} --secret-string file://")


def test_a_missing_key_of_a_generated_secret_is_the_programs_to_set() -> None:
    lacks = external(f"key PAYMENT does not exist in secret {KEY}")
    assert one(world(lacks, state=GENERATED)).root.cause.words(COMMANDS).next == "make repair STACK=dev ON=aws"


def test_the_operators_event_counts_where_its_condition_says_nothing() -> None:
    vague = external("could not get secret data from provider")
    told = event(vague, "UpdateFailed", f"error processing spec: key PAYMENT does not exist in secret {KEY}")
    assert kinds(found(world(vague, told))) == ["MissingProperty"]


def test_a_missing_version_lists_those_that_there_are() -> None:
    said_ = (
        "api error ResourceNotFoundException: Secrets Manager can't find the specified secret value for VersionId: two"
    )
    words = one(world(external(said_, "uuid/two"), state=BY_HAND, secrets=listed())).root.cause.words(COMMANDS)
    assert words.what == f"The secret {KEY} has no version two"
    assert words.why == ("It has: one",)
    assert "openmarket:credentials.apiKeysVersion" in words.first


def test_a_secret_whose_value_nobody_has_set_is_told() -> None:
    said_ = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"
    empty = world(external(said_), state=BY_HAND, secrets=listed(SecretVersionsToStages={}))
    assert any("nobody has set its value" in line for line in said(found(empty)))


def test_the_operator_says_of_a_secret_without_a_value_that_it_does_not_exist() -> None:
    vague = "error processing spec.data[0] (key: openmarket-dev-api-keys), err: Secret does not exist"
    empty = world(external(vague), state=BY_HAND, secrets=listed(SecretVersionsToStages={}))
    assert any("nobody has set its value" in line for line in said(found(empty)))


def test_a_services_own_secret_is_set_from_a_file_of_its_own() -> None:
    secret = "openmarket-dev/mailer"
    commands = [
        MissingProperty(secret, "PAYMENT", True).words(COMMANDS),
        MissingVersion(secret, "", (), True).words(COMMANDS),
    ]
    for words in commands:
        assert f"--secret-id {secret} --secret-string file://mailer.json" in words.next
    pinned = MissingVersion(secret, "two", ("one",), True).words(COMMANDS)
    assert "`openmarket:services.mailer.secretsVersion` in Pulumi.dev.yaml" in pinned.first


@pytest.mark.parametrize(
    ("secrets", "command"),
    [
        ({}, "make repair STACK=dev ON=aws"),
        (listed(DeletedDate="2026-11-25"), f"secretsmanager restore-secret --secret-id {KEY}"),
    ],
)
def test_a_deleted_secret_is_restored_while_that_is_possible(secrets: dict[str, Any], command: str) -> None:
    lacks = external("ResourceNotFoundException: Secrets Manager can't find the specified secret.")
    diagnosis = one(world(lacks, secrets=secrets))
    assert kinds([diagnosis]) == ["MissingSecret"]
    assert command in diagnosis.root.cause.words(COMMANDS).next


def test_a_role_that_lost_its_policy_comes_before_what_it_may_not_read() -> None:
    given = state("aws:iam/rolePolicy:RolePolicy", "read", name="read-keys", role=ROLE)
    refused = world(external(DENIED), state=(*BY_HAND, given), policies={ROLE: frozenset()}, secrets=listed())
    diagnosis = one(refused)
    assert kinds([diagnosis]) == ["MissingPolicies"]
    assert [type(each.cause).__name__ for each in diagnosis.consequences] == ["UnreadableSecret"]


def test_a_role_with_all_its_policies_is_not_blamed() -> None:
    assert kinds(found(world(external(DENIED), policies={ROLE: frozenset()}))) == ["UnreadableSecret"]


def test_a_missing_key_comes_before_the_pods_that_wait_for_their_secret() -> None:
    pods = [pod("web", number, status=waiting("CreateContainerConfigError")) for number in (1, 2)]
    events = [event(each, "Failed", 'Error: secret "api-keys-1" not found') for each in pods]
    lacks = external(f"key PAYMENT does not exist in secret {KEY}")
    diagnosis = one(world(lacks, *events, pods=pods, state=BY_HAND))
    assert kinds([diagnosis]) == ["MissingProperty"]
    assert [type(each.cause).__name__ for each in diagnosis.consequences] == ["MissingConfiguration"]
    assert diagnosis.harm is Harm.DOWN


def test_a_store_that_is_not_ready_comes_before_its_secrets() -> None:
    invalid = conditions(Ready=("False", "InvalidProviderConfig", "no credentials"))
    store = thing("ClusterSecretStore", "store", "", status={"conditions": invalid})
    diagnosis = one(world(store, external("ClusterSecretStore 'store' is not ready")))
    assert kinds([diagnosis]) == ["StoreTrouble"]
    assert len(diagnosis.consequences) == 1
    assert NAMESPACE in diagnosis.consequences[0].about.namespace


WITH_CHAT = (*STATE, state("aws:secretsmanager/secret:Secret", "chat", name=CHAT, arn=ARN))


def test_a_chat_without_an_address_hears_of_no_alarm() -> None:
    diagnosis = one(world(state=WITH_CHAT, secrets={CHAT: {"Name": CHAT}}))
    assert diagnosis.harm is Harm.LATER
    words = diagnosis.root.cause.words(COMMANDS)
    assert words.what == f"Alarms do not reach the chat: nobody has set the address in the secret {CHAT}"
    assert f"put-secret-value --secret-id {CHAT} --secret-string file://chat-webhook.json" in words.next
    assert '{"url": "https://..."}' in words.first


@pytest.mark.parametrize(
    ("secrets", "expected"),
    [
        ({CHAT: {"Name": CHAT, "SecretVersionsToStages": {"one": ["AWSCURRENT"]}}}, []),
        ({CHAT: {"Name": CHAT, "DeletedDate": "2026-11-26"}}, ["MissingSecret"]),
        (listed(), ["MissingSecret"]),
        ({}, []),
    ],
    ids=["set", "deleted", "gone", "not-read"],
)
def test_a_chats_secret_in_other_states(secrets: dict[str, Any], expected: list[str]) -> None:
    assert kinds(found(world(state=WITH_CHAT, secrets=secrets))) == expected
