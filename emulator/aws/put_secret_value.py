"""Implements the emulator's `aws secretsmanager put-secret-value`, by which people set values."""

import argparse
import json
import uuid
from dataclasses import replace
from pathlib import Path

from emulator.aws.secret_deletion import NOT_FOUND, secret_of
from emulator.aws.types.secretsmanager import VERSION
from emulator.plugins.provider import ProviderError
from emulator.store import ACTIVE, Store, StoredObject

_CURRENT, _PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"


def put_secret_value(store: Store, arguments: argparse.Namespace) -> str:
    """Make the value the secret's current version; the one that was becomes the previous."""
    text = arguments.secret_string
    if text.startswith("file://"):
        try:
            text = Path(text.removeprefix("file://")).read_text()
        except OSError as error:
            raise ProviderError(f"ParamValidation: --secret-string {text}: {error.strerror}") from None
    if not text:
        raise ProviderError("InvalidRequestException: You must provide either SecretString or SecretBinary.")
    version = str(uuid.uuid4())
    with store.transaction() as transaction:
        secret = secret_of(transaction, arguments.secret_id)
        if secret.status != ACTIVE:
            raise ProviderError(NOT_FOUND)
        for other in transaction.find(VERSION, secretId=secret.id):
            stages = [_PREVIOUS] if _CURRENT in other.outputs["versionStages"] else []
            transaction.put(replace(other, outputs={**other.outputs, "versionStages": stages}))
        transaction.put(
            StoredObject(
                VERSION,
                f"{secret.id}|{version}",
                outputs={
                    "secretId": secret.id,
                    "secretString": text,
                    "versionId": version,
                    "versionStages": [_CURRENT],
                },
            )
        )
    names = {"ARN": secret.id, "Name": secret.outputs["name"]}
    return json.dumps({**names, "VersionId": version, "VersionStages": [_CURRENT]}, indent=4)
