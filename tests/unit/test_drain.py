"""A pod serves for as long as the load balancer may send it requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.workloads.drain import Drain

SPOT_NOTICE_SECONDS = 110
"""Of the two minutes that a spot node has, what is left for its pods."""


@given(st.integers(5, 50))
def test_the_target_is_gone_before_the_pod(seconds: int) -> None:
    drain = Drain(seconds)
    assert drain.pre_stop_seconds >= drain.deregistration_seconds
    assert drain.grace_seconds > drain.pre_stop_seconds + drain.seconds
    assert drain.grace_seconds <= SPOT_NOTICE_SECONDS


@pytest.mark.parametrize(("seconds", "grace"), [(5, 20), (30, 70), (50, 110)])
def test_grace(seconds: int, grace: int) -> None:
    assert Drain(seconds).grace_seconds == grace
