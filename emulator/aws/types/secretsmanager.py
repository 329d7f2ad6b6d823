"""Secrets Manager: secrets, which keep their name while they wait for deletion, and their versions."""

from typing import Any

from emulator.aws.resource_type import Context, Reference, ResourceType, because
from emulator.aws.tokens import KEY
from emulator.plugins.provider import ProviderError
from emulator.store import Store, StoredObject, Transaction

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 - a type token
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"

_DEFAULT_WINDOW = 30
"""Days; AWS's own default, and the longest it takes."""


def _arn(context: Context) -> str:
    return context.arn("secretsmanager", f"secret:{context.inputs['name']}-{context.letters('suffix', 6)}")


def _secret_refuses(_transaction: Transaction, stored: StoredObject) -> None:
    window = stored.outputs["recoveryWindowInDays"]
    if window != 0 and not 7 <= window <= _DEFAULT_WINDOW:
        raise ProviderError(
            f"InvalidParameterException: recoveryWindowInDays of {stored.id} is {window}; AWS takes 0 or 7 to 30"
        )


def _keep_name(store: Store, stored: StoredObject) -> None:
    """Versions go; a secret with a recovery window keeps its name until that is over."""
    with store.transaction() as transaction:
        for version in transaction.find(VERSION, secretId=stored.id):
            transaction.remove(version.type, version.id)


def _version_requires(_transaction: Transaction, stored: StoredObject) -> None:
    values = [name for name in ("secretString", "secretBinary", "secretStringWo") if stored.inputs.get(name)]
    if len(values) > 1:
        raise ProviderError(
            f"InvalidParameterException: secret version {stored.id} has {' and '.join(values)}; AWS takes one"
        )


def _version(context: Context) -> dict[str, Any]:
    secret = str(context.inputs["secretId"])
    version = context.id.rpartition("|")[2]
    return {"arn": secret, "secretArn": secret, "versionId": version, "versionStages": ["AWSCURRENT"]}


TYPES = (
    ResourceType(
        type=SECRET, oracle="AWS::SecretsManager::Secret", id=_arn, name_property="name", unique=("name",),
        names={"GenerateSecretString": "", "SecretString": "", "ReplicaRegions": "replicas"},
        outputs=lambda context: {"arn": context.id}, defaults={"recoveryWindowInDays": _DEFAULT_WINDOW},
        refuses_delete=_secret_refuses, deleted=_keep_name,
        keeps=lambda stored: stored.outputs["recoveryWindowInDays"] > 0,
        references=(Reference("kmsKeyId", KEY, "arn", holds=False),), seconds=(2, 1),
    ),
    ResourceType(
        type=VERSION, taggable=False, outputs=_version, requires=_version_requires,
        id=lambda context: f"{context.inputs['secretId']}|terraform-{context.letters('version', 26)}",
        also_replaces=because(
            "a version never changes, a new value is a new version",
            "secretId", "secretString", "secretBinary", "secretStringWo", "secretStringWoVersion",
        ),
        references=(Reference("secretId", SECRET, holds=False),),
    ),
)  # fmt: skip
