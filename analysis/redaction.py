"""Takes out what looks like a secret.

The engine writes `[secret]` for what the program says is one. This is for what somebody forgot to say.
"""

import re
from collections.abc import Mapping
from typing import Any, cast

from analysis.placeholders import SECRET, UNKNOWN

_KEY = re.compile(
    r"passw(or)?d|passphrase|secret|token|private.?key|api.?key|credential|certificate-?authority|client-?(key|cert)"
    r"|kubeconfig|auth(orization)?$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(name|names|arn|arns|id|ids|ref|refs|length|version|type|policy|key|keys|window|rules?|count|store|kind|days)$",
    re.IGNORECASE,
)
"""Keys that speak of a secret without holding one: `secretName`, `passwordLength`, `secretKey` of a reference."""
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


def scrubbed(value: Any, key: str = "") -> Any:
    """The value, with `[secret]` in place of what looks like one."""
    if isinstance(value, str):
        return _string(value, key)
    if isinstance(value, list):
        return [scrubbed(each, key) for each in cast(list[Any], value)]
    if isinstance(value, Mapping):
        return _mapping(cast(Mapping[str, Any], value))
    return value


def scrubbed_text(text: str) -> str:
    """The text, with `[secret]` in place of what looks like one."""
    found = _ASSIGNED.sub(lambda match: f"{match[1]}{SECRET}", _VALUES.sub(SECRET, text))
    return _ENCODED.sub(lambda match: SECRET if _is_random(match[0]) else match[0], found)


def is_secret_key(key: str) -> bool:
    """Whether a property of that name holds a secret."""
    return bool(_KEY.search(key)) and (not _ABOUT.search(key) or bool(_HOLDS.search(key)))


def _string(value: str, key: str) -> str:
    if value in (UNKNOWN, SECRET, "") or value.startswith("arn:"):
        return value
    if is_secret_key(key):
        return SECRET
    return _VALUES.sub(SECRET, value) if _ABOUT.search(key) else scrubbed_text(value)


def _mapping(value: Mapping[str, Any]) -> dict[str, Any]:
    # A Kubernetes Secret, and an environment variable, have the name beside the value.
    if value.get("kind") == "Secret":
        hidden = {field: SECRET for field in ("data", "stringData") if field in value}
        return {name: scrubbed(each, name) for name, each in value.items() if name not in hidden} | hidden
    named = value.get("name")
    if isinstance(named, str) and "value" in value and is_secret_key(named):
        return {**value, "value": SECRET}
    return {name: scrubbed(each, name) for name, each in value.items()}


def _is_random(text: str) -> bool:
    """Whether it is no path, name or hash in hexadecimal digits."""
    kinds = (any(map(str.isupper, text)), any(map(str.islower, text)), any(map(str.isdigit, text)))
    return all(kinds) and text.count("/") + text.count("-") + text.count("_") < len(text) / 10
