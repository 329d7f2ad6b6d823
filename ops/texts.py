"""Words that several commands share. It imports nothing, as some of them print before anything else is loaded."""

from collections.abc import Mapping, Sequence

TO_DO: Mapping[str, str] = {
    "create": "to create",
    "update": "to update",
    "replace": "to replace",
    "delete": "to delete",
}
"""What an operation of the engine is going to do to a resource."""


def abridged(items: Sequence[str], most: int) -> str:
    """Return the items as text, up to that number of them, with the number of the others."""
    more = f", and {len(items) - most} more" if len(items) > most else ""
    return f"{', '.join(items[:most])}{more}"
