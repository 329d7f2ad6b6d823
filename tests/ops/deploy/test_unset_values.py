"""An update that waits for values of secrets which people set says which, and how they are set."""

from pathlib import Path
from typing import Any

import pytest

from ops.deploy import summary
from ops.deploy.progress import Progress
from ops.deploy.summary import Target
from ops.deploy.unset_values import Unset, awaited, of_new_chat
from ops.deploy.waiting import PATIENCE, stuck
from tests.ops.deploy.events import PRELUDE, begins, fails, metadata, says, sums_up, urn

EXTERNAL = urn("shop-secrets-mailer", "kubernetes:external-secrets.io/v1:ExternalSecret")
KEYS = ("PAYMENT_KEY", "WEBHOOK_TOKEN")


def inputs(secret: str) -> dict[str, Any]:
    data = [{"secretKey": key, "remoteRef": {"key": secret, "property": key}} for key in KEYS]
    return {"spec": {"data": data}}


def failed(secret: str, why: str) -> str:
    """What the provider says of the operator's event."""
    return f"UpdateFailed: error processing spec.data[1] (key: {secret}), err: {why}"


def waiting(*messages: str, secret: str = "openmarket-dev/mailer") -> Progress:  # noqa: S107
    """An update that waits for the ExternalSecret, with what the provider says of it."""
    new = metadata("create", EXTERNAL)["new"] | {"inputs": inputs(secret)}
    preview = [PRELUDE, begins("create", EXTERNAL), sums_up(True, create=1), PRELUDE]
    now = Progress()
    now.take([*preview, begins("create", EXTERNAL, new=new), *(says(each, EXTERNAL) for each in messages)], 0)
    return now


@pytest.mark.parametrize(
    ("secret", "why", "missing", "file"),
    [
        (
            "openmarket-dev/mailer",
            "key WEBHOOK_TOKEN does not exist in secret openmarket-dev/mailer",
            "WEBHOOK_TOKEN",
            "mailer.json",
        ),
        ("openmarket-dev/mailer", "Secret does not exist", "PAYMENT_KEY and WEBHOOK_TOKEN", "mailer.json"),
        ("openmarket-dev-api-keys", "Secret does not exist", "PAYMENT_KEY and WEBHOOK_TOKEN", "api-keys.json"),
    ],
)
def test_the_secret_its_keys_and_the_command_are_told(secret: str, why: str, missing: str, file: str) -> None:
    now = waiting(failed(secret, why), "Resource has condition Ready=False (want True)", secret=secret)
    sentence = f"the secret {secret} has no value for {missing} yet: people set it"
    assert [each.reason for each in now.slowest] == [sentence]
    now.take([fails("create", EXTERNAL), says("timed out", EXTERNAL, "error")], 100)
    assert f"  {sentence}" in list(summary.causes(now.failures, now.last_reasons, []))
    told = summary.advice(Target("dev", emulated=False), now, "up", Path("log"), "", False)
    assert f"write the values of {', '.join(KEYS)} as JSON into {file}, run " in told
    put = f"secretsmanager put-secret-value --secret-id {secret} --secret-string file://{file}"
    assert f"`aws {put} --region ap-northeast-2`, and `make up STACK=dev ON=aws` goes on from here" in told


def test_the_update_waits_as_long_as_for_an_image_and_then_stops() -> None:
    now = waiting(failed("openmarket-dev/mailer", "Secret does not exist"))
    assert stuck(now.slowest, PATIENCE - 1) is None
    assert stuck(now.slowest, PATIENCE) is not None


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("openmarket-dev-app-secrets", "Secret does not exist"),
        ("openmarket-dev/mailer", "api error AccessDeniedException: not authorized"),
    ],
)
def test_what_people_cannot_set_is_told_as_it_is(secret: str, why: str) -> None:
    assert Unset.of(failed(secret, why), inputs(secret)) is None
    now = waiting(failed(secret, why), secret=secret)
    assert stuck(now.slowest, 10 * PATIENCE) is None
    assert [each.reason for each in now.slowest] == [failed(secret, why)]


def awaits(old: dict[str, Any] | None, new: dict[str, Any]) -> list[str]:
    """What a preview says of an ExternalSecret with these inputs before and after."""
    states = {side: each and {"inputs": each} for side, each in (("old", old), ("new", new))}
    return list(awaited([metadata("update", EXTERNAL, **states)], "ap-northeast-2", lambda words: f"run {words}"))


def test_a_preview_says_which_values_an_update_will_wait_for() -> None:
    (line,) = awaits(None, inputs("openmarket-dev/mailer"))
    assert line.startswith("`up` waits for the values of PAYMENT_KEY, WEBHOOK_TOKEN in openmarket-dev/mailer, if ")
    assert "run `run aws secretsmanager put-secret-value --secret-id openmarket-dev/mailer" in line


def test_of_keys_that_are_there_a_preview_says_nothing() -> None:
    one = {"spec": {"data": inputs("openmarket-dev/mailer")["spec"]["data"][:1]}}
    (line,) = awaits(one, inputs("openmarket-dev/mailer"))
    assert "the values of WEBHOOK_TOKEN in" in line
    assert "write the values of PAYMENT_KEY, WEBHOOK_TOKEN as JSON" in line
    assert awaits(inputs("openmarket-dev/mailer"), one) == []


def test_of_secrets_that_the_program_sets_a_preview_says_nothing() -> None:
    assert awaits(None, inputs("openmarket-dev-app-secrets")) == []


@pytest.mark.parametrize(
    ("op", "name", "told"),
    [
        ("create", "openmarket-dev-chat-webhook", True),
        ("update", "openmarket-dev-chat-webhook", False),
        ("create", "openmarket-dev-api-keys", False),
    ],
)
def test_whoever_creates_a_chats_secret_is_told_how_its_address_is_set(op: str, name: str, told: bool) -> None:
    secret = urn("chat-address-secret", "aws:secretsmanager/secret:Secret")
    step = metadata(op, secret, new={"inputs": {"name": name}})
    lines = list(of_new_chat([step], "ap-northeast-2", lambda words: f"run {words}"))
    assert ["put-secret-value --secret-id openmarket-dev-chat-webhook" in each for each in lines] == [True] * told
