"""Every rule lets through what keeps it, stops what breaks it, and says when it cannot tell yet."""

import json
from collections import Counter
from collections.abc import Generator
from datetime import date

import pytest
from pulumi.runtime.config import set_all_config

from policies.pack import Pack
from policies.resources import Resource, Stack
from policies.rule import Violation
from policies.rules import RULES
from tests.components.program import stack_file
from tests.policies.cases import Case
from tests.policies.table import CASES

BY_ID = {rule.id: rule for rule in RULES}
EVERY = pytest.mark.parametrize(("rule", "case"), CASES.items(), ids=list(CASES))


@pytest.fixture(autouse=True)
def budget(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """The stack's budget and usage, as the engine hands them to the pack."""
    monkeypatch.setattr("pulumi.get_stack", lambda: "prod")
    set_all_config({"openmarket:cost": json.dumps(stack_file("prod")["openmarket:cost"])})
    yield
    set_all_config({})


def violations(rule: str, resources: list[Resource], undecided: Counter[str] | None = None) -> list[Violation]:
    """The violations of the first resource, in a stack of all of them."""
    pack = Pack("prod", [], production=True, today=date(2027, 1, 1))
    found = list(pack.violations(BY_ID[rule], resources[0], Stack(resources)))
    if undecided is not None:
        undecided.update(pack.undecided)
    return found


def test_every_rule_has_a_case() -> None:
    assert list(CASES) == [rule.id for rule in RULES]


@EVERY
def test_what_keeps_the_rule_passes(rule: str, case: Case) -> None:
    assert violations(rule, case.passing()) == []


@EVERY
def test_what_breaks_the_rule_is_named_with_what_would_be_right(rule: str, case: Case) -> None:
    (violation, *_) = violations(rule, case.failing())
    assert violation.wrong
    assert violation.right


@EVERY
def test_an_unknown_value_neither_passes_nor_fails(rule: str, case: Case) -> None:
    undecided: Counter[str] = Counter()
    assert violations(rule, case.unknown(), undecided) == []
    assert undecided == ({rule: 1} if case.decides else {})
