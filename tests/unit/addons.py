"""The development stack with other settings of its add-ons."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from program import Deployed, run_program, stack_file


def changed(cluster: Mapping[str, Any] | None = None, **addons: Any) -> Deployed:
    """The program's run with some settings of `cluster` and `addons` replaced."""
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:cluster"] |= cluster or {}
    settings["openmarket:addons"] |= addons
    return run_program("dev", settings)
