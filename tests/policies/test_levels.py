"""The levels of rules in production and elsewhere."""

import pytest
from pulumi.runtime.config import set_all_config
from pulumi_policy import EnforcementLevel

from policies.levels import enforcement, is_production
from policies.rule import Level


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
