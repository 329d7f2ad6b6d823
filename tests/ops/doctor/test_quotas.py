"""Before a first deployment: what the stack takes fits into the account's quotas, at first and when it has grown."""

from dataclasses import replace
from typing import Any

import pytest

from analysis.preview import State
from ops.doctor import quotas
from ops.doctor.finding import Harm
from ops.doctor.own import Own
from ops.doctor.prospect import Obstacle, Prospect
from ops.objects import Object

GROUP = {"instanceTypes": ["t4g.medium", "t4g.xlarge"], "capacity": "spot", "desired": 2, "max": 10}
ON_DEMAND = {"instanceTypes": ["m7g.large"], "capacity": "onDemand", "desired": 3, "max": 4}
SETTINGS: dict[str, Any] = {
    "openmarket:network": {"zones": ["a", "c"], "nat": "perZone"},
    "openmarket:cluster": {"nodeGroups": {"general": GROUP, "stable": ON_DEMAND}},
}
PROSPECT = Prospect("dev", "ap-northeast-2", SETTINGS, "123456789012")
CORES = {"CoreCount": 2, "ThreadsPerCore": 2}
RUNNING = [
    {"Instances": [
        {"InstanceType": "c7i.xlarge", "CpuOptions": CORES}, {"InstanceType": "inf2.xlarge", "CpuOptions": CORES},
    ]},
    {"Instances": [{
        "InstanceType": "t3.xlarge", "CpuOptions": CORES, "InstanceLifecycle": "spot",
        "Tags": [{"Key": "eks:cluster-name", "Value": "openmarket-dev-eks"}],
    }]},
]  # fmt: skip
VPCS, ADDRESSES, ON_DEMAND_VCPUS, SPOT_VCPUS = "L-F678F1CE", "L-0263D0A3", "L-1216C47A", "L-34B43A08"
NOTHING = Own()


class Aws:
    """An account with these quotas, which has two networks, one address and some instances."""

    def __init__(self, limits: dict[str, float]) -> None:
        self.limits = limits
        self.asked: list[str] = []

    def __call__(self, *words: str) -> Object | None:
        self.asked.append(words[1])
        if words[1] == "get-service-quota":
            code = words[-1]
            return {"Quota": {"Value": self.limits[code]}} if code in self.limits else None
        return {
            "describe-vpcs": {"Vpcs": [{"VpcId": "vpc-1"}, {"VpcId": "vpc-2"}]},
            "describe-addresses": {"Addresses": [{"AllocationId": "eipalloc-1"}]},
            "describe-instances": {"Reservations": RUNNING},
        }[words[1]]


def obstacles(limits: dict[str, float], prospect: Prospect = PROSPECT, own: Own = NOTHING) -> list[Obstacle]:
    read = tuple(quotas.read(prospect, Aws(limits), own))
    return list(quotas.exceeded(replace(prospect, quotas=read)))


def test_what_fits_is_not_said() -> None:
    # Two networks and one more, an address and one per zone, 4 vCPUs and 4 x 2, 4 and 10 x 4 of the larger type.
    assert obstacles({VPCS: 3, ADDRESSES: 3, ON_DEMAND_VCPUS: 12, SPOT_VCPUS: 44}) == []


@pytest.mark.parametrize(
    ("code", "limit", "takes", "asks_for"),
    [(VPCS, 2, 1, 3), (ADDRESSES, 2, 2, 3), (ON_DEMAND_VCPUS, 9, 6, 12), (SPOT_VCPUS, 11, 8, 44)],
)
def test_what_does_not_even_start_is_in_the_way(code: str, limit: int, takes: int, asks_for: int) -> None:
    (found,) = obstacles({code: limit})
    assert found.harm is Harm.BLOCKED
    assert found.what.endswith(f"is too small: the stack takes {takes}")
    assert f"--quota-code {code} --desired-value {asks_for}" in found.next


@pytest.mark.parametrize(("code", "limit", "most"), [(ON_DEMAND_VCPUS, 11, 8), (SPOT_VCPUS, 43, 40)])
def test_what_stops_growth_is_said_for_later(code: str, limit: int, most: int) -> None:
    (found,) = obstacles({code: limit})
    assert found.harm is Harm.LATER
    assert found.why == (f"4 of {limit} are in use, and the node groups at their `max` can take {most}",)


def test_what_the_stack_has_itself_is_in_nobodys_way() -> None:
    ids = ("vpc-1", "eipalloc-1")
    states = tuple(State(urn=f"urn:pulumi:dev::openmarket::t::{each}", type="t", id=each, custom=True) for each in ids)
    own, deployed = Own(states, "openmarket-dev-eks"), replace(PROSPECT, deployed=True)
    limits: dict[str, float] = {VPCS: 2, ADDRESSES: 2, SPOT_VCPUS: 40}
    assert len(obstacles(limits)) == len(limits)
    assert obstacles(limits, deployed, own) == []
    (found,) = obstacles({VPCS: 1}, deployed, own)
    assert found.why == ("1 of 1 are in use by others",)
    # Nodes of another cluster are those of others.
    assert len(obstacles({SPOT_VCPUS: 40}, deployed, replace(own, cluster="openmarket-prod-eks"))) == 1


def test_a_network_that_exists_takes_no_quota_and_is_not_asked_about() -> None:
    existing = {"openmarket:network": {"existing": {"vpcId": "vpc-1"}}, "openmarket:cluster": {}}
    aws = Aws({VPCS: 0, ADDRESSES: 0})
    assert list(quotas.read(replace(PROSPECT, settings=existing), aws, NOTHING)) == []
    assert aws.asked == []


def test_what_the_configuration_refuses_is_left_to_it() -> None:
    wrong = {"openmarket:cluster": {"nodeGroups": {"general": GROUP | {"desired": "two", "max": None}}}}
    assert obstacles({SPOT_VCPUS: 0}, replace(PROSPECT, settings=SETTINGS | wrong)) == []
