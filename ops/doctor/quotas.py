"""Compares what a stack takes, at first and when it has grown, with the account's quotas in the region."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from analysis.instance_sizes import instance_type
from ops.doctor.finding import Harm
from ops.doctor.own import Own
from ops.doctor.prospect import Obstacle, Prospect, Quota
from ops.objects import Object, part, parts

Ask = Callable[..., Object | None]
"""Runs `aws` with these words; None if AWS has no such thing, and empty if it could not be asked."""

_STANDARD = re.compile(r"[acdhimrtz]\d")
"""Beginnings of the instance families that the quotas of standard instances count, by their names: A, C, D, H, I, M, R,
T and Z. A digit follows, unlike in `inf`, `mac` or `trn`, which have quotas of their own.
"""


@dataclass(frozen=True)
class _Kind:
    """A quota that a stack takes from, by Service Quotas' codes, with who counts what is there and what is needed.

    Attributes:
        used: Counts what the account has besides the stack; None if it could not be asked.
        needed: How many the stack takes at first, and how many at most.
        growth: The setting that is the most; empty where both are the same.
    """

    name: str
    service: str
    code: str
    used: Callable[[Ask, Own], int | None]
    needed: Callable[[Prospect], tuple[int, int]]
    growth: str = ""


def read(prospect: Prospect, ask: Ask, own: Own) -> Iterator[Quota]:
    """Yield the quotas that the stack takes from; without those that AWS does not tell, or does not have."""
    # Both quotas of vCPUs look at all instances.
    ask = cache(ask)
    for kind in _KINDS:
        if not kind.needed(prospect)[1]:
            continue
        answer = ask("service-quotas", "get-service-quota", "--service-code", kind.service, "--quota-code", kind.code)
        limit = part(answer, "Quota").get("Value")
        used = None if limit is None else kind.used(ask, own)
        if limit is not None and used is not None:
            yield Quota(kind.code, int(limit), used)


def exceeded(prospect: Prospect) -> Iterator[Obstacle]:
    """Yield the quotas that the stack does not fit into, at first or at its maximum."""
    kinds = {kind.code: kind for kind in _KINDS}
    for quota in prospect.quotas:
        kind = kinds[quota.code]
        first, most = kind.needed(prospect)
        arithmetic = f"{quota.used} of {quota.limit} are in use" + (" by others" if prospect.deployed else "")
        raise_it = f"Ask AWS for {quota.used + most}, which it may take a day to grant"
        request = (
            f"service-quotas request-service-quota-increase --service-code {kind.service} --quota-code {kind.code} "
            f"--desired-value {quota.used + most}"
        )
        if quota.used + first > quota.limit:
            what = f"The account's quota of {kind.name} is too small: the stack takes {first}"
            yield Obstacle(what, (arithmetic,), raise_it, request)
        elif quota.used + most > quota.limit:
            what = f"The account's quota of {kind.name} stops the stack before its maximum"
            why = (f"{arithmetic}, and {kind.growth} can take {most}",)
            yield Obstacle(what, why, raise_it, request, Harm.LATER)


def _vpcs(ask: Ask, own: Own) -> int | None:
    return _count(ask("ec2", "describe-vpcs"), "Vpcs", "VpcId", own)


def _addresses(ask: Ask, own: Own) -> int | None:
    return _count(ask("ec2", "describe-addresses"), "Addresses", "AllocationId", own)


def _count(answer: Object | None, members: str, identifier: str, own: Own) -> int | None:
    return sum(not own.has(each.get(identifier)) for each in parts(answer, members)) if answer else None


def _vcpus(spot: bool) -> Callable[[Ask, Own], int | None]:
    def count(ask: Ask, own: Own) -> int | None:
        answer = ask("ec2", "describe-instances", "--filters", "Name=instance-state-name,Values=pending,running")
        if not answer:
            return None
        running = [each for one in parts(answer, "Reservations") for each in parts(one, "Instances")]
        return sum(
            part(each, "CpuOptions").get("CoreCount", 0) * part(each, "CpuOptions").get("ThreadsPerCore", 0)
            for each in running
            if _is_standard(str(each.get("InstanceType")))
            and (each.get("InstanceLifecycle") == "spot") == spot
            and not own.has_node(each)
        )

    return count


def _network(prospect: Prospect) -> bool:
    """Whether the stack makes a network of its own."""
    return "existing" not in prospect.section("network")


def _needed_vpcs(prospect: Prospect) -> tuple[int, int]:
    return (1, 1) if _network(prospect) else (0, 0)


def _needed_addresses(prospect: Prospect) -> tuple[int, int]:
    gateways = len(prospect.zones) if prospect.section("network").get("nat") == "perZone" else 1
    return (gateways, gateways) if _network(prospect) else (0, 0)


def _needed_vcpus(capacity: str) -> Callable[[Prospect], tuple[int, int]]:
    def count(prospect: Prospect) -> tuple[int, int]:
        first = most = 0
        for group in prospect.node_groups.values():
            names = [str(each) for each in group.get("instanceTypes", [])]
            # Of several types, AWS chooses; the largest is assumed.
            vcpus = max((found.vcpus for found in map(instance_type, filter(_is_standard, names)) if found), default=0)
            if group.get("capacity") == capacity:
                first += vcpus * _number(group.get("desired"))
                most += vcpus * _number(group.get("max"))
        return first, most

    return count


def _number(value: object) -> int:
    """What the configuration would refuse, it says better."""
    return value if isinstance(value, int) else 0


def _is_standard(instance: str) -> bool:
    return _STANDARD.match(instance) is not None


_NODES = "the node groups at their `max`"
_KINDS = (
    _Kind("VPCs per Region", "vpc", "L-F678F1CE", _vpcs, _needed_vpcs),
    _Kind("EC2-VPC Elastic IPs", "ec2", "L-0263D0A3", _addresses, _needed_addresses),
    _Kind(
        "vCPUs of running On-Demand Standard instances", "ec2", "L-1216C47A", _vcpus(spot=False),
        _needed_vcpus("onDemand"), _NODES,
    ),
    _Kind(
        "vCPUs of Standard Spot Instance Requests", "ec2", "L-34B43A08", _vcpus(spot=True),
        _needed_vcpus("spot"), _NODES,
    ),
)  # fmt: skip
