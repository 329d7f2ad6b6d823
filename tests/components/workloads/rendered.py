"""The shop's objects as the program renders them."""

from copy import deepcopy
from typing import Any

import pytest

from tests.components.program import Deployed, run_program, stack_file

SERVICES = pytest.mark.parametrize("service", ["backend-api", "frontend-web"])


def deployment(deployed: Deployed, service: str) -> dict[str, Any]:
    """The Deployment's spec."""
    return deployed.one("apps/v1:Deployment", f"shop-{service}-deployment").inputs["spec"]


def pod(deployed: Deployed, service: str = "frontend-web") -> dict[str, Any]:
    """The pod template's spec."""
    return deployment(deployed, service)["template"]["spec"]


def container(deployed: Deployed, service: str = "frontend-web") -> dict[str, Any]:
    (only,) = pod(deployed, service)["containers"]
    return only


def with_service(**changes: Any) -> Deployed:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:services"]["frontend-web"] |= changes
    return run_program("dev", settings)
