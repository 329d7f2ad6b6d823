"""Levels by stack, exceptions that end, and the documentation."""

from datetime import date
from pathlib import Path

import pytest
from pulumi.runtime.config import set_all_config
from pulumi_policy import EnforcementLevel, StackValidationArgs

from policies import exceptions
from policies.documentation import FILE, table
from policies.exceptions import RuleException, load
from policies.levels import enforcement, is_production
from policies.pack import Pack
from policies.resources import UNKNOWN, NotYetKnownError, Resource, Values
from policies.rule import Level
from policies.rules import RULES
from tests.policies.table import CASES

IDS = [rule.id for rule in RULES]
BY_ID = {rule.id: rule for rule in RULES}
ENTRY = """
- rule: database-encrypted
  resource: subject
  stacks: [prod]
  reason: Being moved.
  until: 2027-06-30
"""
ACCEPTED = RuleException("database-encrypted", "subject", ("prod",), "Being moved.", date(2027, 6, 30))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "exceptions.yaml"


@pytest.mark.parametrize(
    ("level", "production", "elsewhere"),
    [
        (Level.ALWAYS, EnforcementLevel.MANDATORY, EnforcementLevel.MANDATORY),
        (Level.ADVISED, EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY),
        (Level.PRODUCTION, EnforcementLevel.MANDATORY, EnforcementLevel.DISABLED),
    ],
)
def test_production_is_strict(level: Level, production: EnforcementLevel, elsewhere: EnforcementLevel) -> None:
    assert (enforcement(level, True), enforcement(level, False)) == (production, elsewhere)


@pytest.mark.parametrize(("settings", "production"), [({}, True), ({"openmarket:production": "false"}, False)])
def test_a_stack_that_says_nothing_is_production(settings: dict[str, str], production: bool) -> None:
    try:
        set_all_config(settings)
        assert is_production() is production
    finally:
        set_all_config({})


@pytest.mark.parametrize(
    ("stack", "resource", "today", "accepted"),
    [
        ("prod", "subject", date(2027, 6, 30), True),
        ("prod", "subject", date(2027, 7, 1), False),
        ("dev", "subject", date(2027, 6, 30), False),
        ("prod", "another", date(2027, 6, 30), False),
    ],
)
def test_an_exception_counts_for_one_resource_until_its_date(
    stack: str, resource: str, today: date, accepted: bool
) -> None:
    entry = RuleException(ACCEPTED.rule, resource, ACCEPTED.stacks, ACCEPTED.reason, ACCEPTED.until)
    pack = Pack(stack, [entry], production=True, today=today)
    found = list(pack.violations(BY_ID["database-encrypted"], CASES["database-encrypted"].failing()))
    assert (found == []) is accepted


@pytest.mark.parametrize(("today", "count"), [(date(2027, 6, 30), 0), (date(2027, 7, 1), 1)])
def test_an_exception_that_has_ended_is_an_error_in_production(today: date, count: int) -> None:
    (policy,) = [p for p in Pack("prod", [ACCEPTED], True, today).policies() if p.name == "exceptions-current"]
    said: list[str] = []
    policy.validate(StackValidationArgs([]), lambda message, _urn=None: said.append(message))  # pyright: ignore
    assert policy.enforcement_level is EnforcementLevel.MANDATORY
    assert len(said) == count
    assert all("ended on 2027-06-30" in message for message in said)


def test_exceptions_are_read(file: Path) -> None:
    file.write_text(ENTRY)
    assert load(IDS, file) == ([ACCEPTED], [])


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("database-encrypted", "databases", "rule 'databases' does not exist"),
        ("  until: 2027-06-30\n", "", "exactly these keys"),
        ("2027-06-30", "soon", "until has to be a date"),
        ("2027-06-30", "2027-06-30 12:00:00", "until has to be a date such as 2027-06-30, not '2027-06-30 12:00:00'"),
        ("2027-06-30", "2027-02-30", "cannot be read: day"),
        ("database-encrypted", "[own-key]", "does not exist"),
        ("subject", "'*'", "the name of one resource"),
        ("subject", "[subject]", "the name of one resource"),
        ("[prod]", "[production]", "stack 'production' has no Pulumi.production.yaml"),
        (ENTRY, "5", "has to be a list of entries, not 5"),
        (ENTRY, "rule: [", "cannot be read: while parsing"),
        ("Being moved.", "''", "reason must say why"),
        ("[prod]", "prod", "stacks has to be a list"),
    ],
)
def test_an_incomplete_exception_is_a_violation_of_the_stack(file: Path, right: str, wrong: str, message: str) -> None:
    file.write_text(ENTRY.replace(right, wrong))
    found, problems = load(IDS, file)
    assert found == []
    pack = Pack("dev", found, production=False, today=date(2027, 1, 1), problems=problems)
    (policy,) = [each for each in pack.policies() if each.name == "exceptions-read"]
    said: list[str] = []
    policy.validate(StackValidationArgs([]), lambda text, _urn=None: said.append(text))  # pyright: ignore
    assert policy.enforcement_level is EnforcementLevel.MANDATORY
    assert len(said) == 1
    assert message in said[0]


def test_an_incomplete_exception_leaves_the_others(file: Path) -> None:
    file.write_text(f"{ENTRY}\n- rule: own-key\n")
    found, problems = load(IDS, file)
    assert found == [ACCEPTED]
    assert len(problems) == 1


def test_the_exceptions_of_this_repository_are_complete() -> None:
    found, problems = load(IDS, exceptions.FILE)
    assert found
    assert not problems


def test_a_rule_that_raises_is_a_violation_with_its_cause() -> None:
    pack = Pack("prod", [], production=True, today=date(2027, 1, 1))
    broken = Resource("aws:s3/bucketPolicy:BucketPolicy", "subject", {"policy": "not a document"})
    (violation,) = pack.violations(BY_ID["resource-policy-closed"], broken)
    assert violation.wrong.startswith("cannot be judged: ")


def test_unknown_values_are_there_but_cannot_be_read() -> None:
    values = Values({"given": UNKNOWN, "inner": {"list": [1, UNKNOWN]}, "absent": None})
    assert "given" in values
    assert "absent" not in values
    with pytest.raises(NotYetKnownError, match=r"inner\.list\[1\]"):
        list(values.inner("inner")["list"])
    assert values.inner("missing", "path").get("key") is None


def test_every_rule_is_documented() -> None:
    assert table() in FILE.read_text(), "run python -m policies.documentation"


def test_the_pack_names_every_rule_once() -> None:
    names = [policy.name for policy in Pack("dev", [], False, date(2027, 1, 1)).policies()]
    assert names == [*IDS, "exceptions-read", "exceptions-current", "known-later"]
