"""Checks what the stack tells everybody who may read its outputs."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from analysis.redaction import is_secret_key
from analysis.urns import STACK
from policies.resources import UNKNOWN, NotYetKnownError, Resource, Stack
from policies.rule import Level, StackRule, Violation

_SHORTEST = 8
"""Characters of a value that is long enough to be a secret, and not to be found in other texts by chance."""
_NO_SECRETS = re.compile(r"kubeconfig|certificate", re.IGNORECASE)
"""Properties without a secret although they are treated like one: the cluster's kubeconfig, whose user runs a command
for a token, and certificates."""
_RESULTS = {"result", "bcryptHash"}
"""Outputs of generated passwords."""
_GENERATED = ("random:index/randomPassword:RandomPassword", "random:index/randomBytes:RandomBytes")


def outputs_without_secrets(root: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for each stack output that contains the value of a secret, marked as one or not.

    A secret is what a resource has under the name of one, such as `masterPassword`, and every generated password.
    """
    secrets = {value: each.name for each in stack.resources if each is not root for value in _secrets(each)}
    unknown: list[str] = []
    for name, value in root.content.items():
        texts = list(_texts(value))
        found = sorted({origin for secret, origin in secrets.items() for text in texts if secret in text})
        if found:
            yield Violation(
                f"output {name} contains the secret of {', '.join(found)}",
                "no output for it: whoever needs it reads Secrets Manager",
                root,
            )
        elif _is_unknown(value):
            unknown.append(name)
    if unknown:
        raise NotYetKnownError(", ".join(unknown))


def _secrets(resource: Resource) -> Iterator[str]:
    generated = resource.type in _GENERATED
    for key, value in resource.content.items():
        named = is_secret_key(key) and not _NO_SECRETS.search(key) and not isinstance(value, Mapping)
        if named or (generated and key in _RESULTS):
            yield from (text for text in _texts(value) if len(text) >= _SHORTEST)


def _texts(value: Any) -> Iterator[str]:
    """Yield all texts in a value, and those in a text of JSON."""
    if isinstance(value, str):
        yield value
        yield from _inside(value)
    elif isinstance(value, Mapping):
        for each in cast(Mapping[str, Any], value).values():
            yield from _texts(each)
    elif isinstance(value, Sequence):
        for each in cast(Sequence[Any], value):
            yield from _texts(each)


def _inside(text: str) -> Iterator[str]:
    """Yield the texts in an object of JSON that have the name of a secret."""
    if not text.startswith("{"):
        return
    try:
        found: Any = json.loads(text)
    except ValueError:
        return
    if isinstance(found, dict):
        named = cast(dict[str, Any], found)
        yield from (each for key, each in named.items() if isinstance(each, str) and is_secret_key(key))


def _is_unknown(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_is_unknown(each) for each in cast(Mapping[str, Any], value).values())
    if isinstance(value, list):
        return any(_is_unknown(each) for each in cast(list[Any], value))
    return value is UNKNOWN


RULES = (
    StackRule(
        "outputs-without-secrets", "Stack outputs contain no secrets", (), Level.ALWAYS, (STACK,),
        outputs_without_secrets,
    ),
)  # fmt: skip
