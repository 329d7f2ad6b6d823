"""Each saving is a setting of its stack, and costs more the other way."""

from copy import deepcopy
from typing import Any

import pytest
import yaml

from analysis.cost import estimate, usage_of
from analysis.preview import State
from ops.cost.savings import SAVINGS, Saving, savings
from tests.components.program import run_program, stack_file
from tests.ops.program_states import states


def setting(stack: str, key: str) -> Any:
    found: Any = stack_file(stack)
    first, *rest = key.split(".")
    found = found[f"openmarket:{first}"]
    for part in rest:
        found = found[part]
    return found


@pytest.mark.parametrize("saving", SAVINGS, ids=lambda each: f"{each.stack}-{each.key}-{each.instead}")
def test_the_stack_file_takes_it_back(saving: Saving) -> None:
    now, instead = setting(saving.stack, saving.key), yaml.safe_load(saving.instead)
    assert now != instead
    assert type(now) is type(instead)


@pytest.mark.parametrize("stack", sorted({saving.stack for saving in SAVINGS}))
def test_it_saves_something(stack: str) -> None:
    found = list(savings(stack, states(stack), usage_of(stack)))
    assert [saving for saving, _ in found] == [saving for saving in SAVINGS if saving.stack == stack]
    assert all(amount > 0 for _, amount in found)


def test_what_is_not_a_saving_of_the_stack_is_not_listed() -> None:
    assert list(savings("staging", states("staging"), usage_of("staging"))) == []


def test_what_one_setting_saves_is_what_the_program_without_it_costs() -> None:
    """The other value is put into the resources: that has to be what the program would make of it."""
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:network"]["nat"] = "perZone"
    made = run_program("dev", settings).resources
    other = [
        State(urn=f"urn:pulumi:dev::o::{each.type}::{each.name}", type=each.type, inputs=each.inputs) for each in made
    ]
    more = estimate(other, usage_of("dev")).total - estimate(states("dev"), usage_of("dev")).total
    (saved,) = [
        amount for saving, amount in savings("dev", states("dev"), usage_of("dev")) if saving.key == "network.nat"
    ]
    assert more == saved
