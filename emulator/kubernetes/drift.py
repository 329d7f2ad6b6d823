"""Comparing what the program asked for with what is there now."""

from collections.abc import Mapping
from typing import Any, cast

from emulator.kubernetes.api import Object

_SERVER_METADATA = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink")


def outputs_of(live: Object) -> Object:
    """A live object as the provider's outputs: without the bookkeeping of server-side apply."""
    metadata = {key: value for key, value in live["metadata"].items() if key != "managedFields"}
    return {**live, "metadata": metadata}


def current_inputs(inputs: Any, expected: Any, live: Any) -> Any:
    """The inputs, with the live value wherever it differs from what applying the inputs again would give.

    `expected` is the answer to such a (dry) apply. It differs from the inputs in how the server writes a value (`1000m`
    becomes `1`), which is no drift.
    """
    if expected == live:
        return inputs
    if isinstance(inputs, Mapping) and isinstance(expected, Mapping) and isinstance(live, Mapping):
        given, wanted, actual = (cast(Mapping[str, Any], each) for each in (inputs, expected, live))
        return {
            key: current_inputs(value, wanted.get(key), actual.get(key))
            for key, value in given.items()
            if key in actual or key not in wanted
        }
    if isinstance(inputs, list) and isinstance(expected, list) and isinstance(live, list):
        items, wanted_items, actual_items = (cast(list[Any], each) for each in (inputs, expected, live))
        if len(items) == len(wanted_items) == len(actual_items):
            return [current_inputs(*each) for each in zip(items, wanted_items, actual_items, strict=True)]
    return live


def imported_inputs(live: Object) -> Object:
    """The inputs that describe a live object which no program has described yet."""
    metadata = {key: value for key, value in live["metadata"].items() if key not in _SERVER_METADATA}
    return {**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata}
