"""The annotation `pulumi.com/waitFor`: what the program itself says an object has to become.

`jsonpath={.status.phase}=Running`, `jsonpath={.status.address}` (any value), `condition=Ready`,
`condition=Ready=False`, or a JSON list of these, all of which must hold.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, cast

from emulator.kubernetes.api import Object
from emulator.kubernetes.awaiting.readiness import READY, Progress, condition

ANNOTATION = "pulumi.com/waitFor"

_STEP = re.compile(
    r"""\.(?P<name>(?:[^.\[\]{}\\]|\\.)+)
      | \[(?P<index>-?\d+)\]
      | \[(?P<quote>['"])(?P<key>.*?)(?P=quote)\]
      | \[\?\(@\.(?P<field>\w+)\s*==\s*(?P<q>['"])(?P<wanted>.*?)(?P=q)\)\]
      | (?P<each>\[\*\]|\.\*)""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Condition:
    """One thing to wait for: a path into the object, or a status condition; `value` None means any value."""

    text: str
    path: str = ""
    status_condition: str = ""
    value: str | None = None

    def of(self, target: Object) -> Progress:
        """Whether the object is so now."""
        if self.status_condition:
            found = condition(target, self.status_condition)
            wanted = self.value or "True"
            if str(found.get("status", "")).lower() == wanted.lower():
                return READY
            return Progress(False, f"waiting for {self.text}: it is {found.get('status', 'not there')}, {_why(found)}")
        values = evaluate(self.path, target)
        if any(value is not None if self.value is None else _text(value) == self.value for value in values):
            return READY
        return Progress(False, f"waiting for {self.text}: it is {', '.join(map(_text, values)) or 'not there'}")


def parse(annotation: str) -> list[Condition]:
    """The conditions that the annotation's value asks for.

    Raises:
        ValueError: It is none of the three forms.
    """
    if annotation.lstrip().startswith("["):
        items: Any = json.loads(annotation)
        if not items or not all(isinstance(item, str) for item in items):
            raise ValueError(f"{ANNOTATION}: {annotation!r} must be a JSON list of strings that is not empty")
        return [_parse_one(item) for item in cast(list[str], items)]
    return [_parse_one(annotation)]


def evaluate(path: str, target: Any) -> list[Any]:
    """The values at a JSONPath like `.status.loadBalancer.ingress[0].hostname`; none when there is no such field.

    Raises:
        ValueError: The path is not understood.
    """
    values, position = [target], 0
    path = path if path.startswith((".", "[")) else f".{path}"
    while position < len(path):
        step = _STEP.match(path, position)
        if step is None:
            raise ValueError(f"{ANNOTATION}: the JSONPath {path!r} is not understood at {path[position:]!r}")
        values = [found for value in values for found in _follow(step, value)]
        position = step.end()
    return values


def _follow(step: re.Match[str], value: Any) -> list[Any]:
    name = step["name"].replace("\\", "") if step["name"] and step["name"] != "*" else step["key"]
    if name is not None and isinstance(value, dict):
        mapping = cast(dict[str, Any], value)
        return [mapping[name]] if name in mapping else []
    if isinstance(value, list):
        items = cast(list[Any], value)
        if step["index"] is not None:
            return items[int(step["index"]) :][:1]
        if step["field"] is not None:
            return [item for item in items if _text(item.get(step["field"])) == step["wanted"]]
    if step["each"] or step["name"] == "*":
        return list(cast(dict[str, Any], value).values()) if isinstance(value, dict) else cast(list[Any], value or [])
    return []


def _parse_one(text: str) -> Condition:
    kind, separator, rest = text.partition("=")
    if kind == "condition" and rest:
        type_, _, value = rest.partition("=")
        return Condition(text, status_condition=type_, value=value or None)
    braces = re.fullmatch(r"\{(.*)\}(?:=(.*))?", rest)
    if kind == "jsonpath" and separator and braces:
        evaluate(braces[1], {})
        value = braces[2]
        return Condition(text, path=braces[1], value=value.strip("'\"") if value is not None else None)
    raise ValueError(
        f"{ANNOTATION}: {text!r} must be 'jsonpath={{<path>}}', 'jsonpath={{<path>}}=<value>', 'condition=<type>', "
        "'condition=<type>=<status>' or a JSON list of these"
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _why(found: Any) -> str:
    return f"{found.get('reason', '')} {found.get('message', '')}".strip() or "no reason given"
