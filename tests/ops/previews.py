"""Previews made by hand."""

from typing import Any

from analysis.preview import Preview, State, Step, Violation

_PREFIX = "urn:pulumi:dev::openmarket::openmarket:data:Stores$"


def state(type_: str, name: str = "it", /, **inputs: Any) -> State:
    return State(urn=f"{_PREFIX}{type_}::{name}", type=type_, inputs=inputs, custom=True)


def change(op: str, old: State | None, new: State | None, *reasons: str, **more: Any) -> Step:
    known = new or old
    assert known
    fields = {"op": op, "urn": known.urn, "old": old, "new": new, "replace_reasons": reasons, **more}
    return Step.model_validate(fields)


def update(type_: str, old: dict[str, Any], new: dict[str, Any], name: str = "it") -> Step:
    return change("update", state(type_, name, **old), state(type_, name, **new))


def preview(*steps: Step, violations: tuple[Violation, ...] = (), errors: tuple[str, ...] = ()) -> Preview:
    return Preview(stack="dev", steps=steps, violations=violations, errors=errors)


def violation(policy: str, message: str, level: str, name: str = "it") -> Violation:
    fields = {"policy": policy, "urn": f"urn::{name}", "message": message, "level": level}
    return Violation.model_validate(fields)
