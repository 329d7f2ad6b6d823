"""Implements the emulator's `aws secretsmanager delete-secret` and `restore-secret`."""

import argparse
import json
from dataclasses import replace

from emulator.aws.types.secretsmanager import SECRET
from emulator.plugins.provider import ProviderError
from emulator.store import ACTIVE, PENDING_DELETION, Store, StoredObject, Transaction

NOT_FOUND = "ResourceNotFoundException: Secrets Manager can't find the specified secret."


def delete_secret(store: Store, arguments: argparse.Namespace) -> str:
    """Let the secret wait for the end of its recovery window, with its versions."""
    with store.transaction() as transaction:
        secret = secret_of(transaction, arguments.secret_id)
        if secret.status != ACTIVE:
            raise ProviderError(
                "InvalidRequestException: You can't perform this operation on the secret because it was already "
                "scheduled for deletion."
            )
        transaction.put(replace(secret, status=PENDING_DELETION))
    return json.dumps({"ARN": secret.id, "Name": secret.outputs["name"]})


def restore_secret(store: Store, arguments: argparse.Namespace) -> str:
    """Take the secret back from its recovery window; one that is not in it stays as it is."""
    with store.transaction() as transaction:
        secret = secret_of(transaction, arguments.secret_id)
        transaction.put(replace(secret, status=ACTIVE))
    return json.dumps({"ARN": secret.id, "Name": secret.outputs["name"]})


def secret_of(transaction: Transaction, wanted: str) -> StoredObject:
    """Return the secret of that name or ARN, whatever its status.

    Raises:
        ProviderError: There is none.
    """
    for each in transaction.find(SECRET):
        if wanted in (each.id, each.outputs["name"]):
            return each
    raise ProviderError(NOT_FOUND)
