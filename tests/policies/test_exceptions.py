"""Accepted violations: valid entries, and the message for each problem."""

from datetime import date
from pathlib import Path

import pytest
from pulumi_policy import EnforcementLevel, StackValidationArgs

from analysis.exceptions import FILE, RuleException, load
from policies.pack import Pack
from policies.rules import RULES

IDS = [rule.id for rule in RULES]
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


def test_exceptions_are_read(file: Path) -> None:
    file.write_text(ENTRY)
    assert load(IDS, file) == ([ACCEPTED], [])


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("database-encrypted", "databases", "rule 'databases' does not exist"),
        ("  until: 2027-06-30\n", "", "exactly these keys"),
        ("2027-06-30", "soon", "until must be a date"),
        ("2027-06-30", "2027-06-30 12:00:00", "until must be a date such as 2027-06-30, not '2027-06-30 12:00:00'"),
        ("2027-06-30", "2027-02-30", "cannot be read: day"),
        ("database-encrypted", "[own-key]", "does not exist"),
        ("subject", "'*'", "the name of one resource"),
        ("subject", "[subject]", "the name of one resource"),
        ("[prod]", "[production]", "stack 'production' has no Pulumi.production.yaml"),
        (ENTRY, "5", "must be a list of entries, not 5"),
        (ENTRY, "rule: [", "cannot be read: while parsing"),
        ("Being moved.", "''", "reason must say why"),
        ("[prod]", "prod", "stacks must be a list"),
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
    found, problems = load(IDS, FILE)
    assert found
    assert not problems
