"""Which resources a schedule makes late, and when their turn has come."""

import pytest

from emulator import schedule

NAMES = [f"resource-{number}" for number in range(100)]


def test_patterns_name_late_resources() -> None:
    wanted = "late:*-policy-attachment,network-nat-route-a"
    assert schedule.is_late("addons-alb-controller-identity-policy-attachment", wanted)
    assert schedule.is_late("network-nat-route-a", wanted)
    assert not schedule.is_late("network-nat-route-b", wanted)


def test_a_number_divides_resources_in_two() -> None:
    late = {name for name in NAMES if schedule.is_late(name, "late:1")}
    assert 30 < len(late) < 70
    assert {name for name in NAMES if schedule.is_late(name, "early:1")} == set(NAMES) - late
    assert {name for name in NAMES if schedule.is_late(name, "late:2")} != late


@pytest.mark.parametrize("wrong", ["late", "late:", "early:*-policy", "slow:1"])
def test_anything_else_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="OPENMARKET_EMULATOR_SCHEDULE"):
        schedule.is_late("network", wrong)


def test_it_is_quiet_when_only_late_work_is_left_and_nothing_followed() -> None:
    assert schedule.quiet(["held", "held"], changed=0, now=10)
    assert not schedule.quiet(["held", "running"], changed=0, now=10)
    assert not schedule.quiet(["held"], changed=9.5, now=10)
