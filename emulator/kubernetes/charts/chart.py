"""What a stand-in chart is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from emulator.kubernetes.api import Object

Keys = Mapping[str, Any]
"""Which values a chart has: a nested mapping ends in None where anything goes below."""


@dataclass(frozen=True)
class Rendering:
    """What a chart is rendered with.

    Attributes:
        values: The program's values over the chart's defaults.
        webhook_url: Where this cluster's controllers process serves webhooks.
        webhook_authority: Certificate authority of that server, PEM in base64.
    """

    release: str
    namespace: str
    version: str
    values: Mapping[str, Any]
    webhook_url: str
    webhook_authority: str


@dataclass(frozen=True)
class Chart:
    """A chart.

    Attributes:
        repository: Its official repository; another one (a mirror) serves the same chart.
        versions: Chart version -> application version.
        crds: From the chart's `crds/` folder: installed first, never removed.
        required: Values that must not be empty, by dotted path.
    """

    name: str
    repository: str
    versions: Mapping[str, str]
    keys: Keys
    defaults: Mapping[str, Any]
    render: Callable[[Rendering], list[Object]]
    crds: tuple[Object, ...] = ()
    required: tuple[str, ...] = field(default=())

    def problems(self, values: Mapping[str, Any]) -> list[str]:
        """What is wrong with the values: keys that the chart does not have, and required ones that are missing."""
        found = [f"values.{path}: the chart {self.name} has no such value" for path in unknown_keys(values, self.keys)]
        missing = [path for path in self.required if not value_at(values, path)]
        return found + [f"values.{path}: the chart {self.name} requires it" for path in missing]


def unknown_keys(values: Mapping[str, Any], keys: Keys, path: str = "") -> list[str]:
    """Dotted paths of values that `keys` does not have."""
    found: list[str] = []
    for key, value in values.items():
        below = f"{path}.{key}" if path else key
        if key not in keys:
            found.append(below)
        elif isinstance(keys[key], Mapping) and isinstance(value, Mapping):
            found += unknown_keys(cast(Mapping[str, Any], value), keys[key], below)
    return found


def value_at(values: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or None."""
    value: Any = values
    for step in path.split("."):
        value = cast(Mapping[str, Any], value).get(step) if isinstance(value, Mapping) else None
    return value


def merged(defaults: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values over the defaults, as Helm coalesces them: mappings merge, everything else is replaced."""
    result = dict(defaults)
    for key, value in values.items():
        below = result.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping):
            result[key] = merged(cast(Mapping[str, Any], below), cast(Mapping[str, Any], value))
        elif value is not None:
            result[key] = value
    return result


def keys(*names: str, **nested: Keys) -> dict[str, Any]:
    """Keys below which anything goes, and keys with a described inside."""
    return {**dict.fromkeys(names), **nested}
