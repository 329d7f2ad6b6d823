"""Changes that wait for an object's maintenance window.

RDS and ElastiCache keep such a change beside the object, as its pending modified values, unless a request says
`applyImmediately`. Until the window they answer with the value in use.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.aws.ownership import owner_key
from emulator.aws.resource_type import ResourceType
from emulator.plugins.provider import Properties, Resource
from emulator.store import Store, StoredObject, Transaction

PENDING = "aws:index/pendingModification:PendingModification"
"""Type of the objects that hold what waits. There is at most one for each object that can have such changes."""


@dataclass(frozen=True)
class Pending:
    """What waits for the window of one object: the wanted values by property, and those in use meanwhile."""

    wanted: Mapping[str, Any] = field(default_factory=dict[str, Any])
    in_use: Mapping[str, Any] = field(default_factory=dict[str, Any])


def pending(store: Store, stored: StoredObject) -> Pending:
    """What waits for the object's window; nothing for most objects."""
    found = store.get(PENDING, owner_key(stored))
    return Pending(found.outputs["wanted"], found.outputs["inUse"]) if found else Pending()


def modified(
    waited: Pending, type_: ResourceType, stored: StoredObject, resource: Resource, new: Properties
) -> tuple[dict[str, Any], Pending]:
    """The inputs that are in use after an update to `new`, and what waits for the window then.

    The provider sends a property that differs from what it read last, of the value in use as well. A property that is
    not sent goes on waiting. One that is sent as it is in use waits no more. A request to apply immediately applies
    what waited as well.

    Args:
        waited: What waited before.
        type_: The object's type.
        stored: The object as AWS has it.
        resource: The object as the engine remembers it.
        new: The inputs of the update.
    """
    in_use = {name: stored.inputs.get(name) for name in type_.deferred} | dict(waited.in_use)
    sent = {
        name: new[name]
        for name in type_.deferred
        if name in new
        and any(new[name] != resource.outputs.get(each) for each in (name, type_.answered_as_wanted.get(name, name)))
    }
    wanted = {name: value for name, value in {**waited.wanted, **sent}.items() if value != in_use[name]}
    if new.get("applyImmediately"):
        in_use, wanted = in_use | wanted, {}
    used = {**new, **{name: value for name, value in in_use.items() if value is not None or name in new}}
    left = {name: value for name, value in used.items() if value is not None}
    return left, Pending(wanted, {name: in_use[name] for name in wanted})


def record(transaction: Transaction, stored: StoredObject, waits: Pending) -> None:
    """Keep what waits for the object's window beside it, in place of what waited before."""
    key = owner_key(stored)
    if not waits.wanted:
        transaction.remove(PENDING, key)
        return
    outputs = {"ownedBy": key, "wanted": dict(waits.wanted), "inUse": dict(waits.in_use)}
    transaction.put(StoredObject(PENDING, key, outputs=outputs))
