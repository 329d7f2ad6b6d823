"""When an operation is given up, because nothing that it waits for can become ready."""

import pytest

from ops.deploy.waiting import PATIENCE, Running, stuck

WRONG_IMAGE = "[Pod shop/web-1]: [ImagePullBackOff] Back-off pulling image"


def waiting(*messages: tuple[float, str]) -> Running:
    made = Running("web", "kubernetes:apps/v1:Deployment", "update", 0)
    for second, message in messages:
        made.hears(message, second)
    return made


@pytest.mark.parametrize(("seconds", "given_up"), [(PATIENCE - 1, False), (PATIENCE, True)])
def test_a_wrong_image_is_given_time_to_appear(seconds: float, given_up: bool) -> None:
    assert (stuck([waiting((10, WRONG_IMAGE), (20, WRONG_IMAGE))], 10 + seconds) is not None) is given_up


def test_a_resource_that_may_become_ready_is_worth_waiting_for() -> None:
    database = Running("database", "aws:rds/cluster:Cluster", "create", 0)
    assert stuck([waiting((0, WRONG_IMAGE)), database], 1000) is None
    assert stuck([], 1000) is None


def test_another_reason_ends_the_count() -> None:
    recovered = waiting((0, WRONG_IMAGE), (50, "[Pod shop/web-1]: [Unhealthy] probe failed"))
    assert stuck([recovered], 1000) is None
    again = waiting((0, WRONG_IMAGE), (50, "[Pod shop/web-1]: [Unhealthy] probe failed"), (60, WRONG_IMAGE))
    assert stuck([again], 60 + PATIENCE - 1) is None
    assert stuck([again], 60 + PATIENCE) is again


def test_what_says_less_does_not_end_the_count() -> None:
    assert stuck([waiting((0, WRONG_IMAGE), (50, "[MinimumReplicasUnavailable] not yet"))], PATIENCE) is not None
