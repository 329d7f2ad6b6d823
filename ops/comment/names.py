"""Names that people know, in place of the ones that AWS and the engine generate."""

import re
from collections.abc import Iterable
from typing import Any, cast

from ops.preview import UNKNOWN, State

LATER = "(known after the update)"
_GENERATED = re.compile(r"arn:|[0-9a-f]{8}-[0-9a-f]{4}-|^[a-z]+-[0-9a-f]{8,}$|-[0-9a-f]{7,}$|^[0-9a-f]{8}$|^[A-Z0-9]{12,}$")
"""ARNs, UUIDs, EC2's ids, names with the engine's suffix, `RandomId`'s digits, CloudFront's ids."""


class Names:
    """Which resource of the program a physical name belongs to."""

    def __init__(self, states: Iterable[State]) -> None:
        found: dict[str, str] = {}
        for state in states:
            given = {state.id, *(state.outputs.get(key) for key in ("arn", "hex"))}
            for physical in given:
                if isinstance(physical, str) and physical != UNKNOWN and _GENERATED.search(physical):
                    found.setdefault(physical, state.name)
        self._names = found
        # The longest first: an ARN contains an id.
        listed = "|".join(re.escape(each) for each in sorted(found, key=len, reverse=True))
        self._pattern = re.compile(rf"(?<![\w.-])(?:{listed})(?![\w.-])" if found else r"(?!)")

    def readable(self, text: str) -> str:
        """The text, with `<name>` for each physical name, and words for what only the update will know."""
        named = self._pattern.sub(lambda match: f"<{self._names[match[0]]}>", text.replace(UNKNOWN, LATER))
        return re.sub(r"(?<=-)[0-9a-f]{8}\b", lambda match: self._suffix(match[0]), named)

    def _suffix(self, digits: str) -> str:
        return f"<{self._names[digits]}>" if digits in self._names else digits

    def value(self, value: Any) -> Any:
        """The same in every string of a value."""
        if isinstance(value, str):
            return self.readable(value)
        if isinstance(value, list):
            return [self.value(each) for each in cast(list[Any], value)]
        if isinstance(value, dict):
            return {self.readable(key): self.value(each) for key, each in cast(dict[str, Any], value).items()}
        return value

    def of(self, state: State, key: str, type_: str = "") -> str:
        """What a property refers to; while its value is unknown, the resource of that type that it comes from."""
        value = state.inputs.get(key)
        if value == UNKNOWN:
            sources = [urn for urn in state.property_dependencies.get(key, ()) if f"{type_}::" in urn]
            return f"<{sources[0].rpartition('::')[2]}>" if sources else LATER
        return self.readable(str(value)) if value is not None else ""
