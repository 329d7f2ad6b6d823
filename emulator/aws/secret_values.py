"""Reading values out of the simulated Secrets Manager, with the permissions of a role."""

from emulator.aws import iam
from emulator.aws.tokens import KEY
from emulator.aws.types.secretsmanager import SECRET, VERSION
from emulator.plugins.provider import ProviderError
from emulator.store import ACTIVE, Store, StoredObject

_CURRENT = "AWSCURRENT"


def read(store: Store, role_arn: str, key: str, version: str = "") -> str:
    """The secret's text as the role reads it. `key` is its name or ARN, `version` a stage or `uuid/` with an id.

    Raises:
        ProviderError: The secret or version is not there, or the role may not read or decrypt it.
    """
    secret = _secret(store, key)
    arn = str(secret.outputs["arn"])
    if not iam.allows(store, role_arn, "secretsmanager:GetSecretValue", arn):
        raise ProviderError(
            f"api error AccessDeniedException: User: {role_arn} is not authorized to perform: "
            f"secretsmanager:GetSecretValue on resource: {arn}"
        )
    key_id = secret.outputs.get("kmsKeyId")
    if key_id and not iam.allows(store, role_arn, "kms:Decrypt", _key_arn(store, str(key_id))):
        raise ProviderError(f"api error AccessDeniedException: Access to KMS is not allowed: {role_arn}, {key_id}")
    wanted = version or _CURRENT
    for each in reversed(store.find(VERSION)):
        if each.outputs.get("secretId") not in (secret.id, arn, secret.outputs.get("name")):
            continue
        stages = each.outputs.get("versionStages", [_CURRENT])
        if wanted == f"uuid/{each.outputs.get('versionId')}" or wanted in stages:
            return str(each.outputs.get("secretString") or "")
    raise ProviderError(
        f"api error ResourceNotFoundException: Secrets Manager can't find the specified secret value for {wanted} "
        f"of {key}"
    )


def _secret(store: Store, key: str) -> StoredObject:
    for secret in store.find(SECRET):
        if key in (secret.id, secret.outputs.get("name"), secret.outputs.get("arn")) and secret.status == ACTIVE:
            return secret
    raise ProviderError(f"api error ResourceNotFoundException: Secrets Manager can't find the specified secret {key}")


def _key_arn(store: Store, key: str) -> str:
    found = store.get(KEY, key.rpartition("/")[2])
    return str(found.outputs["arn"]) if found else key
