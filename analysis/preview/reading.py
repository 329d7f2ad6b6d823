"""Reads a preview from what the engine writes, or from what `write` wrote."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from analysis.preview.drift import found as found_by_refresh
from analysis.preview.model import Preview
from analysis.urns import STACK


class BadPreview(Exception):
    """The file is not a preview; the message says why."""


def read(document: Path, events: Path | None = None) -> Preview:
    """The preview in a document, with what the event log of the same run adds, or in a file of `write`.

    Raises:
        BadPreview: A file is missing or is something else. A preview with neither resources nor errors is no preview:
            the stack itself is a resource.
    """
    try:
        digest = json.loads(document.read_text())
        # With `--refresh` every resource is looked at first, and then has its step: only that one says what is planned.
        steps = [step for step in digest.get("steps") or () if step.get("op") != "refresh"]
        logged = [json.loads(line) for line in events.read_text().splitlines()] if events else []
        first, put_out = _deleted_first(logged), _put_out(logged)
        found = [event["policyEvent"] for event in logged if "policyEvent" in event]
        errors = [each["message"] for each in digest.get("diagnostics") or () if each.get("severity") == "error"]
        errors = errors or digest.get("errors") or ()
        if not steps and not errors:
            raise ValueError("it has neither steps nor errors")
        return Preview.model_validate(
            {
                "stack": digest.get("stack") or (steps[0]["urn"].split("::")[0].rpartition(":")[2] if steps else ""),
                "steps": [_completed(step, first, put_out) for step in steps],
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
    """What the refresh before the preview found; None if there was none."""
    steps = (event.get("resOutputsEvent", {}).get("metadata", {}) for event in logged)
    refreshes = [step for step in steps if step.get("op") == "refresh"]
    return [each.model_dump(by_alias=True) for each in found_by_refresh(refreshes)] if refreshes else None


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:3])
    return str(error)


def failed(stack: str, errors: Iterable[str]) -> Preview:
    """What there is to say of a preview that ended before it wrote its document."""
    return Preview(stack=stack, errors=tuple(errors))


def _completed(step: Mapping[str, Any], first: set[str], put_out: Mapping[str, Any]) -> dict[str, Any]:
    """A step of the document with what only the event log says."""
    found = dict(step)
    if step["urn"] in first:
        found["deletedFirst"] = True
    if put_out and step.get("newState") and step["newState"].get("type") == STACK:
        found["newState"] = step["newState"] | {"outputs": put_out}
    return found


def _put_out(logged: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """What the stack would put out: it says so last, when the program has ended."""
    found: Mapping[str, Any] = {}
    for event in logged:
        step: Mapping[str, Any] = event.get("resOutputsEvent", {}).get("metadata", {})
        if step.get("type") == STACK:
            new: Mapping[str, Any] = step.get("new") or {}
            found = new.get("outputs") or found
    return found


def _deleted_first(logged: Iterable[Mapping[str, Any]]) -> set[str]:
    """The URNs of replacements that begin with the deletion."""
    created: set[str] = set()
    first: set[str] = set()
    for event in logged:
        step: Mapping[str, str] = event.get("resourcePreEvent", {}).get("metadata", {})
        if step.get("op") == "create-replacement":
            created.add(step["urn"])
        elif step.get("op") == "delete-replaced" and step["urn"] not in created:
            first.add(step["urn"])
    return first
