"""What AWS makes beside an object and removes together with it: the output `ownedBy` names the owner."""

from emulator.store import StoredObject


def owner_key(stored: StoredObject) -> str:
    """What `ownedBy` says for parts of the object; ids alone repeat from one type to the next."""
    return f"{stored.type} {stored.id}"
