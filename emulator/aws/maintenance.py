"""Opens maintenance windows: what waits for one is applied. No time passes here, so a command does it."""

from collections.abc import Iterator
from dataclasses import replace

from emulator.aws import deferred
from emulator.aws.account import AwsAccount
from emulator.aws.catalogue import TYPES
from emulator.aws.identity import Identity
from emulator.aws.provider import changed
from emulator.aws.resource_type import Outputs
from emulator.plugins.provider import Call
from emulator.store import Store, StoredObject


def waiting(store: Store, stack: str) -> list[tuple[StoredObject, deferred.Pending]]:
    """The stack's objects for which changes wait, with these, by id."""
    found = [each for each in store.find() if each.urn.startswith(f"urn:pulumi:{stack}::")]
    listed = [(each, deferred.pending(store, each)) for each in found if each.type in TYPES]
    return sorted(((each, waits) for each, waits in listed if waits.wanted), key=lambda pair: pair[0].id)


def open_windows(account: AwsAccount, stack: str) -> Iterator[str]:
    """Apply all that waits for a window in a stack; yield a line for each change."""

    def find(type_: str, id_: str) -> Outputs:
        found = account.get(type_, id_)
        return found.outputs if found else {}

    for stored, waits in waiting(account, stack):
        type_ = TYPES[stored.type]
        region, number = str(stored.outputs["arn"]).split(":")[3:5]
        used = {**stored.inputs, **waits.wanted}
        new = changed(Identity(number, region), type_, stored, used, {}, find)
        more = type_.updated(account, stored, new, Call())
        with account.transaction() as transaction:
            transaction.put(replace(new, outputs={**new.outputs, **(more or {})}))
            deferred.record(transaction, new, deferred.Pending())
        window = stored.outputs.get(type_.window) or "its maintenance window"
        for name, value in sorted(waits.wanted.items()):
            yield f"{stored.id}: {name} is {value}, and was {waits.in_use[name]} until {window}"
