"""The program, run once per stack and test session: the tests only read what it did."""

import pytest

from tests.components.program import STACKS, Deployed, run_program


@pytest.fixture(scope="session")
def dev() -> Deployed:
    """The development stack."""
    return run_program("dev")


@pytest.fixture(scope="session")
def prod() -> Deployed:
    """The production stack."""
    return run_program("prod")


@pytest.fixture(scope="session", params=STACKS)
def deployed(request: pytest.FixtureRequest) -> Deployed:
    """Each stack in turn."""
    return run_program(request.param)
