"""Prices the cluster, its nodes, and the volumes of nodes and pods."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from analysis.capacity import LAUNCH_TEMPLATE, NODE_GROUP
from analysis.cost.model import HOURS, Line
from analysis.cost.stack import NotKnown, Rule, Stack, items, number, value
from analysis.preview import UNKNOWN, State

_GIB = {"Gi": Decimal(1), "Ti": Decimal(1024), "Mi": 1 / Decimal(1024)}
_METRICS_ADDON = "amazon-cloudwatch-observability"


def cluster(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield the control plane."""
    yield stack.line(resource, "EKS", "cluster", "Control plane", HOURS)


def addon(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield CloudWatch's charge for Container Insights; the add-ons themselves are free."""
    if value(resource.inputs, "addonName") == _METRICS_ADDON:
        yield stack.line(resource, "CloudWatch", "observations", "Container Insights", 0, note="by observation")


def node_group(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield the group's instances and volumes, and once the traffic between availability zones.

    The number of nodes is what the pods of all services at their minimum need, as an autoscaler looks at the desired
    size only when the group is new. Without an autoscaler, or if the pods are not known, it is the desired size.
    """
    if stack.first_of_its_type(resource):
        together, gb = stack.of(NODE_GROUP), stack.usage.zone_gb
        yield stack.line(together, "Data transfer", "betweenZones", "From zone to zone", gb)
    desired = number(resource.inputs, "scalingConfig", "desiredSize")
    count = Decimal(stack.nodes.get(resource.name, desired))
    most = number(resource.inputs, "scalingConfig", "maxSize")
    type_, spot = _priced_type(resource, stack), value(resource.inputs, "capacityType") == "SPOT"
    discount = stack.usage.spot_discount_percent if spot else Decimal(0)
    note = f"on-demand price of the most expensive type, less {discount:f} % assumed" if spot else ""
    yield stack.line(
        resource, "EC2", type_, f"Nodes: {count} x {type_}{' spot' if spot else ''}", count * HOURS,
        at_most=most * HOURS, factor=1 - discount / 100, note=note,
    )  # fmt: skip
    size, kind = _disk(resource, stack)
    yield stack.line(
        resource, "EBS", kind, f"Volumes: {count} x {size} GiB {kind}", count * size, at_most=most * size
    )  # fmt: skip


def volume_claim(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield the volume that a claim asks for."""
    yield from _volumes(resource, stack, [resource.inputs])


def release(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield the volumes that a chart's values ask for, one for each claim template."""
    if claims := list(_claims(value(resource.inputs, "values"))):
        yield from _volumes(resource, stack, claims)


def _priced_type(resource: State, stack: Stack) -> str:
    """Return the instance type that is priced: on demand the first one listed, as EKS uses them in order; on spot the
    most expensive one."""
    types = [each for each in items(resource.inputs, "instanceTypes") if each != UNKNOWN]
    if not types:
        raise NotKnown("instanceTypes")
    if value(resource.inputs, "capacityType") != "SPOT":
        return types[0]
    found = {type_: stack.prices.of("EC2", type_) for type_ in types}
    return max(types, key=lambda type_: price.price if (price := found[type_]) else Decimal("Infinity"))


def _disk(resource: State, stack: Stack) -> tuple[Decimal, str]:
    """Return size in GiB and type of a node's volume, from the launch template of the same component."""
    for template in stack.of(LAUNCH_TEMPLATE):
        if template.owner == resource.owner:
            for mapping in items(template.inputs, "blockDeviceMappings"):
                return number(mapping, "ebs", "volumeSize"), str(value(mapping, "ebs", "volumeType"))
    raise NotKnown("the size of its volumes")


def _volumes(resource: State, stack: Stack, claims: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    texts = [str(value(claim, "spec", "resources", "requests", "storage") or "") for claim in claims]
    sizes = [re.fullmatch(r"(\d+)([GTM]i)", text) for text in texts]
    total = sum((int(size[1]) * _GIB[size[2]] for size in sizes if size), Decimal())
    if None in sizes:
        raise NotKnown(f"volumes of the sizes {texts}")
    # The program's only StorageClass is of gp3.
    yield stack.line(resource, "EBS", "gp3", f"Volumes: {' + '.join(texts)}", total)


def _claims(values: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(values, Mapping):
        for key, inner in cast(Mapping[str, Any], values).items():
            if key == "volumeClaimTemplate" and isinstance(inner, Mapping):
                yield cast(Mapping[str, Any], inner)
            else:
                yield from _claims(inner)


RULES: dict[str, Rule] = {
    "aws:eks/cluster:Cluster": Rule("EKS", cluster),
    "aws:eks/addon:Addon": Rule("CloudWatch", addon),
    NODE_GROUP: Rule("EC2", node_group),
    "kubernetes:core/v1:PersistentVolumeClaim": Rule("EBS", volume_claim),
    "kubernetes:helm.sh/v3:Release": Rule("EBS", release),
}
