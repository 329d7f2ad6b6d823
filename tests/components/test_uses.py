"""The words of `uses` are all that a service may do in AWS, besides writing its log."""

import json
from collections.abc import Iterable
from functools import cache

import pytest

from components.config.uses import WITH_SECRET, Use
from tests.components.program import Deployed, run_program, sending_mail


@cache
def deployed(*uses: str) -> Deployed:
    settings = sending_mail("mail.example.com")
    settings["openmarket:services"]["frontend-web"]["uses"] = list(uses)
    return run_program("dev", settings)


def allowed(*uses: str) -> set[tuple[str, str]]:
    """Actions, each with its resource, that the role of a service with these words may do."""
    documents = [
        json.loads(each.inputs["policy"])
        for each in deployed(*uses).of("aws:iam/rolePolicy:RolePolicy")
        if each.name.startswith("frontend-web-")
    ]
    statements = [statement for document in documents for statement in document["Statement"]]
    assert all(each["Effect"] == "Allow" for each in statements)
    return {
        (action, resource)
        for each in statements
        for action in listed(each["Action"])
        for resource in listed(each["Resource"])
    }


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def services(found: Iterable[tuple[str, str]]) -> set[str]:
    """The services of AWS whose actions these are, besides the keys that they encrypt with."""
    return {action.partition(":")[0] for action, _ in found} - {"kms"}


def test_without_a_word_a_service_writes_its_log() -> None:
    assert services(allowed()) == {"logs"}


@pytest.mark.parametrize("use", Use)
def test_a_word_allows_one_thing(use: Use) -> None:
    expected = "secretsmanager" if use in WITH_SECRET else "ses" if use is Use.MAIL else "s3"
    assert services(allowed(use) - allowed()) == {expected}


@pytest.mark.parametrize(("read", "write"), [("uploads:read", "uploads"), ("assets", "assets:write")])
def test_who_writes_also_reads_and_who_reads_does_not_write(read: str, write: str) -> None:
    reading, writing = ({action for action, _ in allowed(use)} for use in (read, write))
    assert reading < writing
    assert "s3:PutObject" in writing - reading


def test_words_add_up() -> None:
    assert allowed("cache", "uploads") == allowed("cache") | allowed("uploads")
