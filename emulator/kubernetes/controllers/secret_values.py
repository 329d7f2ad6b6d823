"""Reading values out of the simulated Secrets Manager, with the permissions of a role."""

import json
from collections.abc import Mapping
from typing import Any, cast

from emulator.aws import iam
from emulator.kubernetes.controllers.context import Context, Identity
from emulator.store import ACTIVE, Store, StoredObject

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"

_CURRENT = "AWSCURRENT"


class Unreadable(Exception):
    """A value could not be read; the message says which and why."""


def read(context: Context, identity: Identity, spec: Mapping[str, Any]) -> dict[str, str]:
    """The values that an ExternalSecret's spec asks for, by their key in the target Secret.

    Raises:
        Unreadable: A secret, version or property is not there, or the role may not read it.
    """
    if "template" in spec.get("target", {}):
        raise Unreadable("spec.target.template is not supported by the emulator")
    values: dict[str, str] = {}
    for source in spec.get("dataFrom", []):
        if "extract" not in source:
            raise Unreadable(
                f"spec.dataFrom with {', '.join(source)} is not supported by the emulator, only extract is"
            )
        text = _secret_string(context, identity, source["extract"])
        values |= {key: _text(value) for key, value in _document(text, source["extract"]["key"]).items()}
    for entry in spec.get("data", []):
        remote = entry["remoteRef"]
        text = _secret_string(context, identity, remote)
        values[entry["secretKey"]] = _property(text, remote) if remote.get("property") else text
    return values


def _property(text: str, remote: Mapping[str, Any]) -> str:
    value: Any = _document(text, remote["key"])
    for step in str(remote["property"]).split("."):
        if not isinstance(value, dict) or step not in value:
            raise Unreadable(f"key {remote['property']} does not exist in secret {remote['key']}")
        value = cast(dict[str, Any], value)[step]
    return _text(value)


def _secret_string(context: Context, identity: Identity, remote: Mapping[str, Any]) -> str:
    secret = _secret(context.store, remote["key"])
    arn = str(secret.outputs["arn"])
    if not iam.allows(context.store, identity.role_arn, "secretsmanager:GetSecretValue", arn):
        raise Unreadable(
            f"api error AccessDeniedException: User: {identity.role_arn} is not authorized to perform: "
            f"secretsmanager:GetSecretValue on resource: {arn}"
        )
    key = secret.outputs.get("kmsKeyId")
    if key and not iam.allows(context.store, identity.role_arn, "kms:Decrypt", _key_arn(context.store, str(key))):
        raise Unreadable(f"api error AccessDeniedException: Access to KMS is not allowed: {identity.role_arn}, {key}")
    wanted = str(remote.get("version") or _CURRENT)
    for version in reversed(context.store.find(VERSION)):
        if version.outputs.get("secretId") not in (secret.id, arn, secret.outputs.get("name")):
            continue
        stages = version.outputs.get("versionStages", [_CURRENT])
        if wanted == f"uuid/{version.outputs.get('versionId')}" or wanted in stages:
            return str(version.outputs.get("secretString") or "")
    raise Unreadable(
        f"api error ResourceNotFoundException: Secrets Manager can't find the specified secret value for {wanted} "
        f"of {remote['key']}"
    )


def _secret(store: Store, key: str) -> StoredObject:
    for secret in store.find(SECRET):
        if key in (secret.id, secret.outputs.get("name"), secret.outputs.get("arn")) and secret.status == ACTIVE:
            return secret
    raise Unreadable(f"api error ResourceNotFoundException: Secrets Manager can't find the specified secret {key}")


def _key_arn(store: Store, key: str) -> str:
    found = store.get("aws:kms/key:Key", key.rpartition("/")[2])
    return str(found.outputs["arn"]) if found else key


def _document(text: str, key: str) -> dict[str, Any]:
    try:
        document: Any = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise Unreadable(f"unable to unmarshal secret {key}: it is not a JSON object")
    return cast(dict[str, Any], document)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
