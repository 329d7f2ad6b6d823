"""Values of secrets that people have yet to set, by what External Secrets says about them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from ops import named_secrets
from ops.objects import part, parts, value

_TYPE = "kubernetes:external-secrets.io/v1:ExternalSecret"
_FAILED = re.compile(r"^UpdateFailed: error processing spec\.data\[\d+\] \(key: (\S+)\), err: (.+)$")
_NO_KEY = re.compile(r"^key (\S+) does not exist in secret ")
_NO_VALUE = "Secret does not exist"
"""What the operator says of a secret without a value as well as of one that is not there."""


@dataclass(frozen=True)
class Unset:
    """Keys of a secret that have no value."""

    secret: str
    missing: Sequence[str]
    """Those without a value, or the first of them."""
    keys: Sequence[str]
    """All that the secret is to have."""

    @classmethod
    def of(cls, message: str, inputs: Mapping[str, Any]) -> Self | None:
        """What a message about the ExternalSecret of these inputs says; None if it says something else."""
        match = _FAILED.match(message)
        if not match or not named_secrets.set_by_hand(match[1]):
            return None
        secret, why = match.groups()
        keys = _keys(inputs).get(secret, [])
        if told := _NO_KEY.match(why):
            return cls(secret, [told[1]], keys)
        return cls(secret, keys, keys) if why.startswith(_NO_VALUE) else None

    def __str__(self) -> str:
        """The sentence."""
        return f"the secret {self.secret} has no value for {' and '.join(self.missing)} yet: people set it"

    def next(self, region: str) -> tuple[str, str]:
        """What to do before the `aws` command that sets the values, and that command."""
        first = f"write the values of {', '.join(self.keys)} as JSON into {named_secrets.file_with(self.secret)}"
        return first, f"aws {named_secrets.setting(self.secret)} --region {region}"


def awaited(steps: Iterable[Mapping[str, Any]], region: str, run: Callable[[str], str]) -> Iterator[str]:
    """Yield a line for each secret whose values an update is going to wait for, unless people have set them already.

    `run` says how people run a command.
    """
    for step in steps:
        if step.get("type") != _TYPE:
            continue
        before, after = (_keys(part(step.get(side), "inputs")) for side in ("old", "new"))
        for secret, keys in after.items():
            new = [key for key in keys if key not in before.get(secret, ())]
            if named_secrets.set_by_hand(secret) and new:
                first, command = Unset(secret, new, keys).next(region)
                waits = f"`up` waits for the values of {', '.join(new)} in {secret}, if they are not set yet"
                yield f"{waits}: {first}, run `{run(command)}`."


def of_new_chat(steps: Iterable[Mapping[str, Any]], region: str, run: Callable[[str], str]) -> Iterator[str]:
    """Yield a line for a chat whose secret is created: no update waits for its value, and it gets nothing before."""
    for step in steps:
        secret = str(value(step.get("new"), "inputs", "name"))
        if step.get("op") == "create" and step.get("type") == named_secrets.SECRET and named_secrets.of_chat(secret):
            first, command = Unset(secret, ["url"], ["url"]).next(region)
            yield f"The chat gets alarms once its address is set: {first}, run `{run(command)}`."


def _keys(inputs: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """The keys that the ExternalSecret of these inputs takes, by the secrets that they are of."""
    found: dict[str, list[str]] = {}
    for each in parts(inputs, "spec", "data"):
        found.setdefault(str(value(each, "remoteRef", "key")), []).append(str(value(each, "remoteRef", "property")))
    return found
