"""Checks references between objects: what must exist first, what cannot be deleted yet, what can exist only once."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from emulator.aws.catalogue import TYPES
from emulator.aws.ownership import owner_key
from emulator.aws.resource_type import Reference, ResourceType
from emulator.plugins.provider import ProviderError
from emulator.store import ACTIVE, StoredObject, Transaction


def check_references(transaction: Transaction, type_: ResourceType, stored: StoredObject) -> None:
    """Refuse an object that names another one which does not exist.

    Raises:
        ProviderError: Names the property, the value and the type that it should be.
    """
    for reference in type_.references:
        for value in values_at(stored.inputs, reference.path):
            if not _exists(transaction, reference, value):
                raise ProviderError(
                    f"{stored.type} {stored.id}: {reference.path} is {value!r}, but no {reference.type} "
                    f"has this {reference.key} in the account"
                )


def check_unique(transaction: Transaction, type_: ResourceType, stored: StoredObject) -> None:
    """Refuse a second object with the same id, or the same values of the properties that may exist only once.

    Raises:
        ProviderError: Says which object is in the way.
    """
    present = transaction.get(stored.type, stored.id)
    if present is not None and type_.puts and present.urn == stored.urn:
        # AWS would also let another resource of the program take its place, and the two would undo each other for ever.
        return
    if present is not None:
        raise ProviderError(type_.duplicate or f"ResourceAlreadyExists: {stored.type} {stored.id} {_state(present)}")
    same = {name: stored.inputs.get(name) for name in type_.unique}
    for other in transaction.find(stored.type) if same else ():
        if all(other.inputs.get(name) == value for name, value in same.items()):
            values = ", ".join(f"{name} {value}" for name, value in same.items() if value is not None)
            raise ProviderError(f"ResourceAlreadyExists: {other.type} {other.id} with {values} {_state(other)}")


def _state(present: StoredObject) -> str:
    return "exists already" if present.status == ACTIVE else "is scheduled for deletion and still holds its name"


def check_deletable(transaction: Transaction, stored: StoredObject) -> None:
    """Refuse to delete what another object still needs, as AWS does.

    Raises:
        ProviderError: Names what holds the object.
    """
    for other in transaction.find():
        if other.status != ACTIVE or other.outputs.get("ownedBy") == owner_key(stored) or other.id == stored.id:
            continue
        for reference in TYPES[other.type].references if other.type in TYPES else ():
            if (
                reference.holds
                and reference.type == stored.type
                and _key(stored, reference) in values_at(other.outputs, reference.path)
            ):
                raise ProviderError(
                    f"DependencyViolation: {stored.type} {stored.id} has a dependent object, {other.type} {other.id}"
                    f"{_description(other)}, and cannot be deleted"
                )


def owned(transaction: Transaction, stored: StoredObject) -> list[StoredObject]:
    """Return the objects that AWS created for the object and deletes with it."""
    return transaction.find(ownedBy=owner_key(stored))


def values_at(properties: Mapping[str, Any], path: str) -> list[Any]:
    """Every value at a path, through lists; missing and empty ones left out."""
    return [value for value in _walk(properties, path.split(".")) if value]


def _walk(value: Any, steps: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in cast(list[Any], value):
            yield from _walk(item, steps)
    elif not steps:
        yield value
    elif isinstance(value, Mapping):
        yield from _walk(cast(Mapping[str, Any], value).get(steps[0]), steps[1:])


def _exists(transaction: Transaction, reference: Reference, value: Any) -> bool:
    text = str(value)
    if text.startswith(reference.external) and reference.external:
        return True
    if reference.key == "id":
        found = transaction.get(reference.type, text)
        if found is not None:
            return found.status == ACTIVE
        return any(o.status == ACTIVE for o in transaction.find(reference.type, arn=value))
    # CloudWatch writes a log group's ARN with `:*` behind it, and takes both.
    found_all = transaction.find(reference.type, **{reference.key: text.removesuffix(":*")})
    return any(candidate.status == ACTIVE for candidate in found_all)


def _key(stored: StoredObject, reference: Reference) -> Any:
    return stored.id if reference.key == "id" else stored.outputs.get(reference.key)


def _description(stored: StoredObject) -> str:
    text = stored.outputs.get("description")
    return f" ({text})" if text else ""
