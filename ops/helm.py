"""Selects the records of Helm's releases, which are Secrets, by their labels."""

PENDING = ("pending-install", "pending-upgrade", "pending-rollback")
"""States of a record whose operation is under way. A killed one leaves it so, and Helm then refuses every other."""


def selector(*states: str) -> str:
    """Return the label selector of the records in these states."""
    return f"owner=helm,status in ({','.join(states)})"
