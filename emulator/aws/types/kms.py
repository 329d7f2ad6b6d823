"""KMS keys and aliases."""

from typing import Any

from emulator.aws.resource_type import Context, Reference, ResourceType, because, named
from emulator.aws.tokens import KEY
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

ALIAS = "aws:kms/alias:Alias"


def _key_id(context: Context) -> str:
    return context.uuid("id")


def _target(context: Context) -> dict[str, Any]:
    key = str(context.inputs.get("targetKeyId"))
    return {
        "arn": context.arn("kms", context.id),
        "targetKeyArn": key if key.startswith("arn:") else context.arn("kms", f"key/{key}"),
    }


def _alias_requires(_transaction: Transaction, stored: StoredObject) -> None:
    if not stored.id.startswith("alias/") or stored.id.startswith("alias/aws/"):
        raise ProviderError(
            f"ValidationException: the alias {stored.id!r} must begin with alias/ and not with alias/aws/"
        )


TYPES = (
    ResourceType(
        type=KEY, oracle="AWS::KMS::Key", id=_key_id, keeps=lambda _stored: True, seconds=(23, 1),
        names={
            "KeyPolicy": "policy", "PendingWindowInDays": "deletionWindowInDays", "Enabled": "isEnabled",
            "KeySpec": "customerMasterKeySpec", "Origin": "",
        },
        also_replaces=because(
            "KMS has no call that changes it, and CloudFormation fails the update",
            "customerMasterKeySpec", "keyUsage", "multiRegion", "customKeyStoreId", "xksKeyId",
        ),
        defaults={
            "customerMasterKeySpec": "SYMMETRIC_DEFAULT", "keyUsage": "ENCRYPT_DECRYPT", "isEnabled": True,
            "multiRegion": False, "deletionWindowInDays": 30, "enableKeyRotation": False,
        },
        outputs=lambda context: {"keyId": context.id, "arn": context.arn("kms", f"key/{context.id}")},
    ),
    ResourceType(
        type=ALIAS, oracle="AWS::KMS::Alias", id=named(), taggable=False, requires=_alias_requires,
        names={"AliasName": "name"}, optional={"name": "the provider generates one"}, outputs=_target,
        references=(Reference("targetKeyId", KEY, holds=False),), name_property="name",
    ),
)  # fmt: skip
