"""A stack with a hosted zone, which the tests of this folder only read."""

from copy import deepcopy

import pytest

from tests.components.program import Deployed, run_program, stack_file

ZONE = "Z0123456789ABC"


@pytest.fixture(scope="module")
def zoned() -> Deployed:
    """Development with a hosted zone and a mail domain."""
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:hostedZoneId"] = ZONE
    settings["openmarket:ingress"]["plainHttp"] = False
    settings["openmarket:email"]["domain"] = "dev.openmarket.example.com"
    return run_program("dev", settings)
