"""Reads a preview from the files of the engine, or from a file of `write`."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from analysis.preview.drift import found as found_by_refresh
from analysis.preview.model import Preview
from analysis.urns import STACK


class BadPreview(Exception):
    """A file is not a preview; the message says why."""


def read(document: Path, events: Path | None = None) -> Preview:
    """Read a preview from the engine's document and the event log of the same run, or from a file of `write`.

    Raises:
        BadPreview: A file is missing or is something else. A preview without both resources and errors is refused,
            because the stack itself is a resource.
    """
    try:
        digest = json.loads(document.read_text())
        # With `--refresh` every resource has a refresh step before its own; only the latter says what is planned.
        steps = [step for step in digest.get("steps") or () if step.get("op") != "refresh"]
        logged = [json.loads(line) for line in events.read_text().splitlines()] if events else []
        first, outputs = _deleted_first(logged), _stack_outputs(logged)
        found = [event["policyEvent"] for event in logged if "policyEvent" in event]
        errors = [each["message"] for each in digest.get("diagnostics") or () if each.get("severity") == "error"]
        errors = errors or digest.get("errors") or ()
        if not steps and not errors:
            raise ValueError("it has neither steps nor errors")
        return Preview.model_validate(
            {
                "stack": digest.get("stack") or (steps[0]["urn"].split("::")[0].rpartition(":")[2] if steps else ""),
                "steps": [_completed(step, first, outputs) for step in steps],
                "violations": found or digest.get("violations") or (),
                "drift": _drift(logged) if logged else digest.get("drift"),
                "errors": errors,
            }
        )
    except OSError as error:
        raise BadPreview(f"{error.filename}: {error.strerror}") from None
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        log = f", or {events} not its event log" if events else ""
        raise BadPreview(
            f"{document} is not what `pulumi preview --json --show-sames` writes{log}: {_why(error)}"
        ) from None


def _drift(logged: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]] | None:
    """Return the drift that the refresh before the preview found; None if there was no refresh."""
    steps = (event.get("resOutputsEvent", {}).get("metadata", {}) for event in logged)
    refreshes = [step for step in steps if step.get("op") == "refresh"]
    return [each.model_dump(by_alias=True) for each in found_by_refresh(refreshes)] if refreshes else None


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:3])
    return str(error)


def failed(stack: str, errors: Iterable[str]) -> Preview:
    """Return the preview of a run that failed before it wrote its document."""
    return Preview(stack=stack, errors=tuple(errors))


def _completed(step: Mapping[str, Any], first: set[str], outputs: Mapping[str, Any]) -> dict[str, Any]:
    """Add to a step of the document what only the event log contains."""
    found = dict(step)
    if step["urn"] in first:
        found["deletedFirst"] = True
    if outputs and step.get("newState") and step["newState"].get("type") == STACK:
        found["newState"] = step["newState"] | {"outputs": outputs}
    return found


def _stack_outputs(logged: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the planned stack outputs, from the last event about the stack, which comes when the program has ended."""
    found: Mapping[str, Any] = {}
    for event in logged:
        step: Mapping[str, Any] = event.get("resOutputsEvent", {}).get("metadata", {})
        if step.get("type") == STACK:
            new: Mapping[str, Any] = step.get("new") or {}
            found = new.get("outputs") or found
    return found


def _deleted_first(logged: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the URNs of the replacements that delete the old resource first."""
    created: set[str] = set()
    first: set[str] = set()
    for event in logged:
        step: Mapping[str, str] = event.get("resourcePreEvent", {}).get("metadata", {})
        if step.get("op") == "create-replacement":
            created.add(step["urn"])
        elif step.get("op") == "delete-replaced" and step["urn"] not in created:
            first.add(step["urn"])
    return first
