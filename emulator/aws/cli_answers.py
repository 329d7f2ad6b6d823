"""Finds objects for the answers of `aws`, and puts them into the shapes of AWS's."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from emulator.aws.account import AwsAccount
from emulator.plugins.provider import ProviderError
from emulator.store import ACTIVE, Store, StoredObject

Command = Callable[[AwsAccount, argparse.Namespace], str]


def one(store: Store, type_: str, id_: str, error: str) -> StoredObject:
    """The object of this id; otherwise AWS's error of this name."""
    stored = store.get(type_, id_)
    if stored is None or stored.status != ACTIVE:
        raise ProviderError(f"{error}: there is no {id_}.")
    return stored


def filtered(
    store: Store, type_: str, arguments: argparse.Namespace, outputs: Mapping[str, str]
) -> Sequence[StoredObject]:
    """The objects that `--filters Name=NAME,Values=VALUE` leave; an output that is "" stands for the id."""
    found: Sequence[StoredObject] = store.find(type_)
    for name, wanted in (pair(each, "Name=") for each in arguments.filters):
        if name not in outputs:
            raise ProviderError(f"InvalidParameterValue: the emulator filters by {', '.join(outputs)}, not by {name}")
        found = [
            each
            for each in found
            if str(each.outputs.get(outputs[name]) if outputs[name] else each.id) in wanted.split(",")
        ]
    return found


def pair(text: str, prefix: str) -> tuple[str, str]:
    """The name and the value of a filter, such as `Name=NAME,Values=VALUE` with the prefix `Name=`."""
    name, separator, wanted = text.removeprefix(prefix).partition(",Values=")
    if not separator or not text.startswith(prefix):
        raise ProviderError(f"ValidationException: {text!r} must be {prefix}NAME,Values=VALUE")
    return name, wanted


def members(stored: StoredObject, names: Mapping[str, str]) -> dict[str, Any]:
    """Members of an answer from the outputs of these names, without those that are empty; "" stands for the id."""
    values = {member: stored.outputs.get(name) if name else stored.id for member, name in names.items()}
    return {member: value for member, value in values.items() if value not in (None, "")}


def tags(stored: StoredObject) -> list[dict[str, str]]:
    """All tags of an object, as most services list them."""
    return [{"Key": key, "Value": value} for key, value in (stored.outputs.get("tagsAll") or {}).items()]
