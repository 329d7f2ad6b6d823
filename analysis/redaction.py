"""Redacts values that look like secrets.

The engine already writes `[secret]` for values that the program marks as secret. This catches values that somebody
forgot to mark.
"""

import re
from collections.abc import Mapping
from typing import Any, cast

SECRET = "[secret]"  # noqa: S105 -- it stands for one
"""Stands for a secret value in files of the engine."""

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for a value that is known only after the update, as `pulumi.runtime.rpc.UNKNOWN` does in the SDK."""

_SPECIAL, _ENCRYPTED = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""The key by which the engine marks an object that stands for something else, and its value for a secret
(`_special_sig_key` and `_special_secret_sig` of `pulumi.runtime.rpc`)."""

_KEY = re.compile(
    r"passw(or)?d|passphrase|secret|token|private.?key|api.?key|credential|certificate-?authority|client-?(key|cert)"
    r"|kubeconfig|auth(orization)?$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(name|names|arn|arns|id|ids|ref|refs|length|version|type|policy|key|keys|window|rules?|count|store|kind|days)$",
    re.IGNORECASE,
)
"""Keys that refer to a secret without holding its value: `secretName`, `passwordLength`, `secretKey` of a reference."""
_HOLDS = re.compile(r"(api|private|client|access|signing|encryption).?keys?$", re.IGNORECASE)
_VALUES = re.compile(
    r"-----BEGIN [A-Z ]*(?:PRIVATE KEY|CERTIFICATE)-----.*?(?:-----END [A-Z ]+-----|\Z)"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bgh[a-z]_[A-Za-z0-9]{20,}\b|\bgithub_pat_\w{20,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
    r"|(?<=://)[^\s/:@]+:[^\s/@]+(?=@)",
    re.DOTALL,
)
_ASSIGNED = re.compile(r"((?:password|passwd|secret|token|api_?key)\s*[=:]\s*)(?:\"[^\"]*\"|'[^']*'|[^\s,;&}]+)", re.I)
_ENCODED = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{40,}={0,2}(?![\w+/=-])")


def redacted(value: Any, key: str = "") -> Any:
    """Return the value with `[secret]` in place of parts that look like secrets; `key` is the property holding it."""
    if isinstance(value, str):
        return _string(value, key)
    if isinstance(value, list):
        return [redacted(each, key) for each in cast(list[Any], value)]
    if isinstance(value, Mapping):
        return _mapping(cast(Mapping[str, Any], value))
    return value


def covered(value: Any) -> Any:
    """Return a value of an exported state with `[secret]` in place of parts that the engine encrypted."""
    if isinstance(value, list):
        return [covered(each) for each in cast(list[Any], value)]
    if isinstance(value, Mapping):
        parts = cast(Mapping[str, Any], value)
        return SECRET if parts.get(_SPECIAL) == _ENCRYPTED else {name: covered(each) for name, each in parts.items()}
    return value


def redacted_text(text: str) -> str:
    """Return the text with `[secret]` in place of parts that look like secrets."""
    found = _ASSIGNED.sub(lambda match: f"{match[1]}{SECRET}", _VALUES.sub(SECRET, text))
    return _ENCODED.sub(lambda match: SECRET if _is_random(match[0]) else match[0], found)


def is_secret_key(key: str) -> bool:
    """Return whether a property of this name holds a secret."""
    return bool(_KEY.search(key)) and (not _ABOUT.search(key) or bool(_HOLDS.search(key)))


def _string(value: str, key: str) -> str:
    if value in (UNKNOWN, SECRET, "") or value.startswith("arn:"):
        return value
    if is_secret_key(key):
        return SECRET
    return _VALUES.sub(SECRET, value) if _ABOUT.search(key) else redacted_text(value)


def _mapping(value: Mapping[str, Any]) -> dict[str, Any]:
    # A Kubernetes Secret has values under arbitrary keys; an environment variable has its name in a sibling property.
    if value.get("kind") == "Secret":
        hidden = {field: SECRET for field in ("data", "stringData") if field in value}
        return {name: redacted(each, name) for name, each in value.items() if name not in hidden} | hidden
    named = value.get("name")
    if isinstance(named, str) and "value" in value and is_secret_key(named):
        return {**value, "value": SECRET}
    return {name: redacted(each, name) for name, each in value.items()}


def _is_random(text: str) -> bool:
    """Return whether the text is neither a path, a name nor a hexadecimal hash."""
    kinds = (any(map(str.isupper, text)), any(map(str.islower, text)), any(map(str.isdigit, text)))
    return all(kinds) and text.count("/") + text.count("-") + text.count("_") < len(text) / 10
