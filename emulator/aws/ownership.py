"""Objects that AWS creates beside another one and deletes with it: the output `ownedBy` names the owner."""

from emulator.store import StoredObject


def owner_key(stored: StoredObject) -> str:
    """The value of `ownedBy` for parts of the object; ids alone repeat from one type to the next."""
    return f"{stored.type} {stored.id}"
