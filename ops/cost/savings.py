"""What the settings save that make a stack cheaper, each against what it would cost the other way."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from analysis.capacity import NODE_GROUP
from analysis.cost import Usage, estimate
from analysis.preview import State

_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
_CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
_NAT, _ADDRESS = "aws:ec2/natGateway:NatGateway", "aws:ec2/eip:Eip"

_States = Sequence[State]


@dataclass(frozen=True)
class Saving:
    """A setting that makes a stack cheaper.

    Attributes:
        stack: The stack that has it.
        what: The setting in words.
        key: The key in the stack file that takes it back.
        instead: The value that it would have otherwise.
        otherwise: Returns the stack's resources with the other value.
    """

    stack: str
    what: str
    key: str
    instead: str
    otherwise: Callable[[_States], _States]


def _changed(type_: str, change: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> Callable[[_States], _States]:
    """Return a function that changes the inputs of all resources of a type: `change` returns those that differ."""
    return lambda states: [
        each.model_copy(update={"inputs": {**each.inputs, **change(each.inputs)}}) if each.type == type_ else each
        for each in states
    ]


def _having(type_: str, **inputs: Any) -> Callable[[_States], _States]:
    """Return a function that replaces inputs of all resources of a type."""
    return _changed(type_, lambda _: inputs)


def _with_volumes(gib: int) -> Callable[[_States], _States]:
    """Return a function that gives the nodes volumes of this size."""

    def resized(mapping: Mapping[str, Any]) -> dict[str, Any]:
        return {**mapping, "ebs": {**cast(Mapping[str, Any], mapping["ebs"]), "volumeSize": gib}}

    return _changed(
        _TEMPLATE, lambda inputs: {"blockDeviceMappings": [resized(each) for each in inputs["blockDeviceMappings"]]}
    )


def _with_another(*types: str) -> Callable[[_States], _States]:
    """Return a function that adds a second resource of each type."""

    def apply(states: _States) -> _States:
        copies = [_copy(next(each for each in states if each.type == type_)) for type_ in types]
        return [*states, *copies]

    return apply


def _copy(state: State) -> State:
    return state.model_copy(update={"urn": f"{state.urn}-2"})


_TYPES, _CAPACITY = "cluster.nodeGroups.general.instanceTypes", "cluster.nodeGroups.general.capacity"
_DISK = "cluster.nodeGroups.general.diskGib"

SAVINGS: tuple[Saving, ...] = (
    Saving("dev", "nodes are spot instances", _CAPACITY, "onDemand", _having(NODE_GROUP, capacityType="ON_DEMAND")),
    Saving("dev", "nodes are Graviton", _TYPES, "[t3.medium]", _having(NODE_GROUP, instanceTypes=["t3.medium"])),
    Saving("dev", "nodes have 4 GiB", _TYPES, "[t4g.large]", _having(NODE_GROUP, instanceTypes=["t4g.large"])),
    Saving("dev", "volumes of nodes have 30 GiB", _DISK, "50", _with_volumes(50)),
    Saving("dev", "one NAT gateway for both zones", "network.nat", "perZone", _with_another(_NAT, _ADDRESS)),
    Saving(
        "dev", "the database is serverless", "database.instanceClass", "db.t4g.medium",
        _having(_INSTANCE, instanceClass="db.t4g.medium"),
    ),
    Saving("dev", "the cache is Valkey", "cache.engine", "redis", _having(_CACHE, engine="redis")),
    Saving("prod", "nodes are Graviton", _TYPES, "[m5.xlarge]", _having(NODE_GROUP, instanceTypes=["m5.xlarge"])),
    Saving(
        "prod", "nodes have the memory that their CPU needs", _TYPES, "[c7g.xlarge]",
        _having(NODE_GROUP, instanceTypes=["c7g.xlarge"]),
    ),
    Saving("prod", "volumes of nodes have 30 GiB", _DISK, "50", _with_volumes(50)),
    Saving("prod", "the cache is Valkey", "cache.engine", "redis", _having(_CACHE, engine="redis")),
)  # fmt: skip


def savings(stack: str, states: Iterable[State], usage: Usage) -> Iterator[tuple[Saving, Decimal]]:
    """Yield the savings of a stack, each with USD a month that it would cost more with the other value alone."""
    listed = list(states)
    now = estimate(listed, usage).total
    for saving in SAVINGS:
        if saving.stack == stack:
            yield saving, estimate(saving.otherwise(listed), usage).total - now
