"""A stack with a hosted zone, which the tests of this folder only read."""

from copy import deepcopy

import pytest

from tests.components.program import Deployed, run_program, sending_mail, stack_file

ZONE = "Z0123456789ABC"
SELLERS_ZONE = "Z0987654321ABC"


@pytest.fixture(scope="module")
def zoned() -> Deployed:
    """Development with a hosted zone, a mail domain, and a host that leads to another."""
    settings = sending_mail("dev.openmarket.example.com")
    settings["openmarket:hostedZoneId"] = ZONE
    settings["openmarket:ingress"] |= {"plainHttp": False, "redirects": {"www": "@"}}
    return run_program("dev", settings)


@pytest.fixture(scope="module")
def with_sellers() -> Deployed:
    """Staging with two hosts of sellers: each in a zone of its own."""
    settings = deepcopy(stack_file("staging"))
    settings["openmarket:services"]["frontend-web"]["hosts"] += ["shop.one.example", "shop.two.example"]
    settings["openmarket:ingress"] |= {
        "redirects": {"one.example": "shop.one.example"},
        "domains": {
            "shop.one.example": {"hostedZoneId": SELLERS_ZONE},
            "one.example": {"hostedZoneId": SELLERS_ZONE},
            "shop.two.example": {"hostedZoneId": ZONE},
        },
    }
    return run_program("staging", settings)
