"""EC2 instance types: what a node of each has to offer.

vCPU, memory and network interface limits as AWS documents them per type (EC2 User Guide and the VPC CNI's
`eni-max-pods.txt`), written down 2026-11. Sizes of one family differ from another's only in memory per vCPU.
"""

from emulator.contract import InstanceType
from emulator.plugins.provider import ProviderError

# Size -> vCPU, network interfaces, IPv4 addresses per interface.
_FIXED = {
    "medium": (1, 2, 4),
    "large": (2, 3, 10),
    "xlarge": (4, 4, 15),
    "2xlarge": (8, 4, 15),
    "4xlarge": (16, 8, 30),
    "8xlarge": (32, 8, 30),
    "12xlarge": (48, 8, 30),
    "16xlarge": (64, 15, 50),
    "24xlarge": (96, 15, 50),
}
_INTEL = {size: limits for size, limits in _FIXED.items() if size != "medium"}
_GRAVITON = {size: limits for size, limits in _FIXED.items() if size != "24xlarge"}
_C5 = {
    **{size: _FIXED[size] for size in ("large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge")},
    "9xlarge": (36, 8, 30),
    "18xlarge": (72, 15, 50),
}
# Burstable sizes have a memory of their own: vCPU, GiB, interfaces, addresses.
_BURSTABLE = {
    "micro": (2, 1, 2, 2),
    "small": (2, 2, 3, 4),
    "medium": (2, 4, 3, 6),
    "large": (2, 8, 3, 12),
    "xlarge": (4, 16, 4, 15),
    "2xlarge": (8, 32, 4, 15),
}
# Family -> architecture, GiB per vCPU, sizes.
_FAMILIES = {
    "c5": ("amd64", 2, _C5),
    "c6i": ("amd64", 2, _INTEL),
    "c7i": ("amd64", 2, _INTEL),
    "c6g": ("arm64", 2, _GRAVITON),
    "c7g": ("arm64", 2, _GRAVITON),
    "m5": ("amd64", 4, _INTEL),
    "m6i": ("amd64", 4, _INTEL),
    "m7i": ("amd64", 4, _INTEL),
    "m6g": ("arm64", 4, _GRAVITON),
    "m7g": ("arm64", 4, _GRAVITON),
    "r5": ("amd64", 8, _INTEL),
    "r6i": ("amd64", 8, _INTEL),
    "r7i": ("amd64", 8, _INTEL),
    "r6g": ("arm64", 8, _GRAVITON),
    "r7g": ("arm64", 8, _GRAVITON),
}
_BURSTABLE_FAMILIES = {"t3": "amd64", "t3a": "amd64", "t4g": "arm64"}


TYPES: dict[str, InstanceType] = {
    f"{family}.{size}": InstanceType(f"{family}.{size}", architecture, vcpu, vcpu * ratio, interfaces, addresses)
    for family, (architecture, ratio, sizes) in _FAMILIES.items()
    for size, (vcpu, interfaces, addresses) in sizes.items()
} | {
    f"{family}.{size}": InstanceType(f"{family}.{size}", architecture, *limits)
    for family, architecture in _BURSTABLE_FAMILIES.items()
    for size, limits in _BURSTABLE.items()
}


class UnknownInstanceType(ProviderError):
    """There is no such instance type in the table."""


def lookup(name: str) -> InstanceType:
    """The instance type of that name.

    Raises:
        UnknownInstanceType: It is not in the table.
    """
    if name not in TYPES:
        raise UnknownInstanceType(f"The emulator does not know the instance type {name!r}: add it to {__name__}")
    return TYPES[name]
