"""A stack with a hosted zone, which the tests of this folder only read."""

import pytest

from tests.components.program import Deployed, run_program, sending_mail

ZONE = "Z0123456789ABC"


@pytest.fixture(scope="module")
def zoned() -> Deployed:
    """Development with a hosted zone, a mail domain, and a host that leads to another."""
    settings = sending_mail("dev.openmarket.example.com")
    settings["openmarket:hostedZoneId"] = ZONE
    settings["openmarket:ingress"] |= {"plainHttp": False, "redirects": {"www": "@"}}
    return run_program("dev", settings)
