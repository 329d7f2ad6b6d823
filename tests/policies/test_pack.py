"""The pack: accepted violations that expire, rules that raise, and the policies' names."""

from datetime import date

import pytest
from pulumi_policy import EnforcementLevel, StackValidationArgs

from analysis.exceptions import RuleException
from policies.pack import Pack
from policies.resources import Resource
from policies.rules import RULES
from tests.policies.table import CASES

IDS = [rule.id for rule in RULES]
BY_ID = {rule.id: rule for rule in RULES}
ACCEPTED = RuleException("database-encrypted", "subject", ("prod",), "Being moved.", date(2027, 6, 30))


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
    found = list(pack.violations(BY_ID["database-encrypted"], CASES["database-encrypted"].failing()[0]))
    assert (found == []) is accepted


@pytest.mark.parametrize(("today", "count"), [(date(2027, 6, 30), 0), (date(2027, 7, 1), 1)])
def test_an_exception_that_has_ended_is_an_error_in_production(today: date, count: int) -> None:
    (policy,) = [p for p in Pack("prod", [ACCEPTED], True, today).policies() if p.name == "exceptions-current"]
    said: list[str] = []
    policy.validate(StackValidationArgs([]), lambda message, _urn=None: said.append(message))  # pyright: ignore
    assert policy.enforcement_level is EnforcementLevel.MANDATORY
    assert len(said) == count
    assert all("expired on 2027-06-30" in message for message in said)


def test_a_rule_that_raises_is_a_violation_with_its_cause() -> None:
    pack = Pack("prod", [], production=True, today=date(2027, 1, 1))
    broken = Resource("aws:s3/bucketPolicy:BucketPolicy", "subject", {"policy": "not a document"})
    (violation,) = pack.violations(BY_ID["resource-policy-closed"], broken)
    assert violation.wrong.startswith("it cannot be checked: ")


def test_the_pack_names_every_rule_once() -> None:
    names = [policy.name for policy in Pack("dev", [], False, date(2027, 1, 1)).policies()]
    assert names == [*IDS, "exceptions-read", "exceptions-current", "known-later"]
