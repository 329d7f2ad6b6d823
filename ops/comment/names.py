"""Replaces names and ids that AWS and the engine generate by the resources' names in the program."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from analysis.preview import IDENTIFYING, UNKNOWN, State

LATER = "(known after the update)"
_GENERATED = re.compile(
    r"^arn:|[0-9a-f]{8}-[0-9a-f]{4}-|^[a-z]+-[0-9a-f]{8,}$|-[0-9a-f]{7,}$|^[0-9a-f]{8}$|[A-Z0-9]{12,}|\.amazonaws\.com"
    r"|\.cloudfront\.net$|^[0-9]+(\.[0-9]+){3}$"
)
"""Matches ARNs, UUIDs, ids of EC2 and CloudFront, auto-named resources, `RandomId` digits, hosts and addresses."""
_HASH = re.compile(r"-(?=[a-f]*[0-9])[0-9a-f]{10}\b(?!-)")
"""Matches the content hash that the program appends to names (`components/platform/external_secret.py`)."""


class Names:
    """Maps physical names to the resources of the program, from the states before and after a change."""

    def __init__(self, before: Iterable[State], after: Iterable[State]) -> None:
        found: dict[str, str] = {}
        for states, version in ((before, ""), (after, ", new")):
            for state in states:
                for physical, part in _physical(state):
                    if physical != UNKNOWN and _GENERATED.search(physical):
                        found.setdefault(physical, f"<{state.name}{part}{version}>")
        self._names = found
        # Longer names match first, because an ARN contains an id.
        listed = "|".join(re.escape(each) for each in sorted(found, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![A-Za-z0-9_.])(?:{listed})(?![A-Za-z0-9_])" if found else r"(?!)")

    def readable(self, text: str) -> str:
        """Return the text with `<name>` in place of physical names, and `LATER` in place of unknown values."""
        named = self._pattern.sub(lambda match: self._names[match[0]], text.replace(UNKNOWN, LATER))
        return _HASH.sub("-<hash>", named)

    def value(self, value: Any) -> Any:
        """Apply `readable` to every string of a value."""
        if isinstance(value, str):
            return self.readable(value)
        if isinstance(value, list):
            return [self.value(each) for each in cast(list[Any], value)]
        if isinstance(value, dict):
            return {self.readable(key): self.value(each) for key, each in cast(dict[str, Any], value).items()}
        return value

    def of(self, state: State, key: str, type_: str = "") -> str:
        """Return what a property refers to; if its value is unknown, the resource of the type that it comes from."""
        value = state.inputs.get(key)
        if value == UNKNOWN:
            sources = [urn for urn in state.property_dependencies.get(key, ()) if f"{type_}::" in urn]
            return f"<{sources[0].rpartition('::')[2]}>" if sources else LATER
        return self.readable(str(value)) if value is not None else ""


def _physical(state: State) -> Iterator[tuple[str, str]]:
    """Yield the physical names of a resource, each with the output that it is; empty for the resource itself."""
    metadata = state.inputs.get("metadata")
    called = cast(Mapping[str, Any], metadata).get("name") if isinstance(metadata, Mapping) else None
    for physical in (state.id, state.outputs.get("arn"), state.outputs.get("hex"), called):
        if isinstance(physical, str):
            yield physical, ""
    settings = state.outputs.get("vpcConfig")
    nested: Mapping[str, Any] = cast(Mapping[str, Any], settings) if isinstance(settings, Mapping) else {}
    for key in IDENTIFYING:
        physical = state.outputs.get(key, nested.get(key))
        if isinstance(physical, str) and key not in ("arn", "hex"):
            yield physical, f" {key}"
