"""The three stack files say the same things in the same order, about networks that can be peered."""

from ipaddress import IPv4Network
from itertools import combinations
from typing import Any, cast

import pytest
import yaml

from tests.components.program import PROJECT, STACKS, stack_file

FREE_FORM = {
    *("nodeGroups", "addonVersions", "environment", "features", "tags", "allowedCidrs", "redirects"),
    *("openmarket:chartRepositories", "restoreFrom"),
}
"""Mappings whose keys are names that the user chooses, or that are empty unless a stack's database was restored."""


def keys(settings: Any, path: str = "") -> list[str]:
    if not isinstance(settings, dict):
        return []
    mapping = cast(dict[str, Any], settings)
    found: list[str] = []
    for key, value in mapping.items():
        found += [f"{path}{key}"] + ([] if key in FREE_FORM else keys(value, f"{path}{key}."))
    return found


@pytest.mark.parametrize("stack", STACKS[1:])
def test_same_keys_in_the_same_order(stack: str) -> None:
    assert keys(shared(stack, "dev")) == keys(shared("dev", stack))


def shared(stack: str, other: str) -> dict[str, Any]:
    """A stack's configuration with those services that the other has too: a new one need not be in all at once."""
    settings = stack_file(stack)
    services, others = settings["openmarket:services"], stack_file(other)["openmarket:services"]
    return settings | {"openmarket:services": {name: each for name, each in services.items() if name in others}}


def test_networks_do_not_overlap() -> None:
    networks = [IPv4Network(stack_file(stack)["openmarket:network"]["cidr"]) for stack in STACKS]
    assert not any(one.overlaps(other) for one, other in combinations(networks, 2))


@pytest.mark.parametrize("stack", STACKS)
def test_every_key_is_described(stack: str) -> None:
    described = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())["config"]
    used = [key for key in stack_file(stack) if key.startswith("openmarket:")]
    assert used == list(described)
    assert all(entry["description"] for entry in described.values())


@pytest.mark.parametrize("stack", STACKS)
def test_the_environment_tag_is_the_stack(stack: str) -> None:
    assert stack_file(stack)["aws:defaultTags"]["tags"]["Environment"] == stack
