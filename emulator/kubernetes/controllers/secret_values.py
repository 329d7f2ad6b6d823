"""Reads the values of an ExternalSecret from Secrets Manager."""

import json
from collections.abc import Mapping
from typing import Any, cast

from emulator.kubernetes.controllers.context import Context, Identity
from emulator.plugins.provider import ProviderError


class Unreadable(Exception):
    """A value cannot be read; the message says which and why."""


def read(context: Context, identity: Identity, spec: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of an ExternalSecret's spec, by key in the target Secret.

    Raises:
        Unreadable: A secret, version or property does not exist, or the role may not read it.
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
    for index, entry in enumerate(spec.get("data", [])):
        remote = entry["remoteRef"]
        try:
            text = _secret_string(context, identity, remote)
            values[entry["secretKey"]] = _property(text, remote) if remote.get("property") else text
        except Unreadable as error:
            raise Unreadable(f"error processing spec.data[{index}] (key: {remote['key']}), err: {error}") from None
    return values


def _property(text: str, remote: Mapping[str, Any]) -> str:
    value: Any = _document(text, remote["key"])
    for step in str(remote["property"]).split("."):
        if not isinstance(value, dict) or step not in value:
            raise Unreadable(f"key {remote['property']} does not exist in secret {remote['key']}")
        value = cast(dict[str, Any], value)[step]
    return _text(value)


def _secret_string(context: Context, identity: Identity, remote: Mapping[str, Any]) -> str:
    try:
        return context.aws.secret_value(identity.role_arn, remote["key"], str(remote.get("version") or ""))
    except ProviderError as error:
        # The operator says the same of a secret, a version and a value that does not exist.
        raise Unreadable("Secret does not exist" if "ResourceNotFoundException" in str(error) else str(error)) from None


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
