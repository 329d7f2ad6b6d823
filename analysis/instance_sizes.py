"""Knows vCPUs, memory and network addresses of instance types, and the memory of database and cache instances.

Figures of EC2 are those of the EC2 User Guide and of the VPC CNI's `eni-max-pods.txt`. An instance class of RDS has
the memory of the EC2 type in its name. Memory of cache nodes is `maxmemory` in the ElastiCache User Guide's parameters.
"""

from decimal import Decimal

from components.config.capacity import InstanceType

_SIZES = {
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
"""vCPUs, network interfaces, and IPv4 addresses per interface, by size."""

_GIB_PER_VCPU = {"c": 2, "m": 4, "r": 8}
_FAMILIES = ("c5", "c6i", "c7i", "c6g", "c7g", "m5", "m6i", "m7i", "m6g", "m7g", "r5", "r6i", "r7i", "r6g", "r7g")

_BURSTABLE = {
    "micro": (2, 1, 2, 2),
    "small": (2, 2, 3, 4),
    "medium": (2, 4, 3, 6),
    "large": (2, 8, 3, 12),
    "xlarge": (4, 16, 4, 15),
    "2xlarge": (8, 32, 4, 15),
}
"""vCPUs, GiB, network interfaces, and IPv4 addresses per interface of burstable types, by size."""
_BURSTABLE_FAMILIES = ("t3", "t3a", "t4g")

_CACHE_BYTES = {
    "t": {"micro": 536_870_912, "small": 1_471_026_299, "medium": 3_317_862_236},
    "m": {"large": 6_854_542_746, "xlarge": 13_891_921_715, "2xlarge": 27_966_669_210, "4xlarge": 56_116_178_125},
    "r": {"large": 14_037_181_030, "xlarge": 28_261_849_702, "2xlarge": 56_711_183_565, "4xlarge": 113_609_865_216},
}
_CACHE_FAMILIES = ("t3", "t4g", "m5", "m6g", "m7g", "r5", "r6g", "r7g")

GIB_PER_ACU = 2
"""GiB of memory of an Aurora capacity unit (ACU)."""
_GIB = 2**30


def instance_type(name: str) -> InstanceType | None:
    """Return the EC2 instance type of that name; None if it is not known."""
    family, _, size = name.partition(".")
    if family in _BURSTABLE_FAMILIES and size in _BURSTABLE:
        vcpus, gib, interfaces, addresses = _BURSTABLE[size]
    elif family in _FAMILIES and size in _SIZES:
        vcpus, interfaces, addresses = _SIZES[size]
        gib = vcpus * _GIB_PER_VCPU[family[0]]
    else:
        return None
    return InstanceType(name, vcpus, gib * 1024, interfaces, addresses)


def database_memory(class_: str) -> Decimal | None:
    """Return the GiB of memory of an RDS instance class, such as `db.r7g.large`; None if it is not known."""
    found = instance_type(class_.removeprefix("db."))
    return None if found is None else Decimal(found.memory) / 1024


def cache_memory(type_: str) -> Decimal | None:
    """Return the GiB that a cache node of the type has for data, rounded to two digits; None if it is not known."""
    family, _, size = type_.removeprefix("cache.").partition(".")
    size_in_bytes = _CACHE_BYTES[family[0]].get(size) if family in _CACHE_FAMILIES else None
    return None if size_in_bytes is None else round(Decimal(size_in_bytes) / _GIB, 2)
