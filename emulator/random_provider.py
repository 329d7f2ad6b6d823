"""The `random` provider: generates values once; the engine encrypts them in the stack's state."""

import base64
import secrets
import string
from collections.abc import Callable

from emulator.plugins.provider import Call, Diff, Failure, Properties, Provider, ProviderError, Resource
from emulator.plugins.values import differences

PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105 - a type token
STRING = "random:index/randomString:RandomString"
ID = "random:index/randomId:RandomId"

_SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
"""Special characters that are used unless `overrideSpecial` is set."""

_CLASSES = {
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "numeric": string.digits,
    "special": _SPECIAL,
}


def _alphabets(inputs: Properties) -> dict[str, str]:
    own = {"special": inputs.get("overrideSpecial") or _SPECIAL}
    return {name: own.get(name, letters) for name, letters in _CLASSES.items() if inputs.get(name, True)}


def _draw(inputs: Properties) -> str:
    """Return random characters, with at least the minimum number of every class."""
    alphabets = _alphabets(inputs)
    wanted = [
        secrets.choice(letters)
        for name, letters in alphabets.items()
        for _ in range(int(inputs.get(f"min{name.capitalize()}", 0)))
    ]
    everything = "".join(alphabets.values())
    wanted += [secrets.choice(everything) for _ in range(int(inputs["length"]) - len(wanted))]
    secrets.SystemRandom().shuffle(wanted)
    return "".join(wanted)


def _string(inputs: Properties) -> tuple[str, dict[str, str]]:
    result = _draw(inputs)
    return result, {"result": result}


def _password(inputs: Properties) -> tuple[str, dict[str, str]]:
    # The id must not reveal the password; the real provider uses this word, too.
    return "none", {"result": _draw(inputs)}


def _id(inputs: Properties) -> tuple[str, dict[str, str]]:
    raw = secrets.token_bytes(int(inputs["byteLength"]))
    prefix = inputs.get("prefix", "")
    url = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return url, {
        "b64Url": prefix + url,
        "b64Std": prefix + base64.b64encode(raw).decode(),
        "hex": prefix + raw.hex(),
        "dec": prefix + str(int.from_bytes(raw)),
    }


_TYPES: dict[str, Callable[[Properties], tuple[str, dict[str, str]]]] = {PASSWORD: _password, STRING: _string, ID: _id}


class RandomProvider(Provider):
    """Generates values at creation. Every change of an input forces a replacement, as with the real provider."""

    def check(self, resource: Resource, inputs: Properties, seed: bytes) -> tuple[Properties, list[Failure]]:
        if resource.type not in _TYPES:
            raise ProviderError(
                f"The emulator does not know the resource type {resource.type}: add it to emulator/random_provider.py"
            )
        return inputs, _length_failures(inputs)

    def diff(self, resource: Resource, inputs: Properties) -> Diff:
        paths = differences(resource.inputs, inputs)
        return Diff(paths, frozenset(paths))

    def create(self, resource: Resource, inputs: Properties, call: Call) -> tuple[str, Properties]:
        if call.preview:
            return "", inputs
        id_, drawn = _TYPES[resource.type](inputs)
        return id_, _with_defaults(resource.type, inputs) | drawn

    def read(self, resource: Resource) -> tuple[Properties, Properties] | None:
        return resource.inputs, resource.outputs

    def update(self, resource: Resource, inputs: Properties, call: Call) -> Properties:
        return {**resource.outputs, **inputs}

    def delete(self, resource: Resource, call: Call) -> None:
        """Do nothing, because the value exists in the stack's state only."""


def _with_defaults(type_: str, inputs: Properties) -> dict[str, object]:
    if type_ == ID:
        return dict(inputs)
    return {"lower": True, "upper": True, "numeric": True, "special": True, **inputs}


def _length_failures(inputs: Properties) -> list[Failure]:
    length = inputs.get("length")
    minimum = sum(int(inputs.get(f"min{name.capitalize()}", 0)) for name in _CLASSES)
    if isinstance(length, int) and length < max(1, minimum):
        return [
            Failure("length", f"length is {length}; it must be at least {max(1, minimum)}, the sum of the minimums")
        ]
    return []
