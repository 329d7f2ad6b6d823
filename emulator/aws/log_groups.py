"""Log groups that AWS's own agents make when the program has not: nobody gives them retention, nobody deletes them."""

from emulator.aws.tokens import LOG_GROUP
from emulator.store import StoredObject, Transaction


def ensure(transaction: Transaction, name: str) -> None:
    """Make the log group unless there is one of that name."""
    if transaction.get(LOG_GROUP, name) is None:
        made = {"name": name, "retentionInDays": 0}
        transaction.put(StoredObject(LOG_GROUP, name, inputs=made, outputs=made))
