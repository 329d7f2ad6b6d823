"""The development stack with other settings of its add-ons."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from tests.components.program import Deployed, run_program, stack_file


def with_nodes(stack: str, count: int) -> dict[str, Any]:
    """Settings of `cluster` with so many nodes from the start, as a stack without autoscaler needs them."""
    group = stack_file(stack)["openmarket:cluster"]["nodeGroups"]["general"]
    return {"nodeGroups": {"general": group | {"desired": count, "max": max(count, group["max"])}}}


def changed(cluster: Mapping[str, Any] | None = None, **addons: Any) -> Deployed:
    """The program's run with some settings of `cluster` and `addons` replaced."""
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:cluster"] |= cluster or {}
    settings["openmarket:addons"] |= addons
    return run_program("dev", settings)
