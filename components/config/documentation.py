"""Writes the reference of the services' stanzas in `docs/services.md`: `python -m components.config.documentation`."""

from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from components.config.places import section_of
from components.config.services.kinds import KINDS

FILE = Path(__file__).parents[2] / "docs" / "services.md"
START = "<!-- reference -->\n"


def reference() -> str:
    """The tables of all keys: those that every kind has, and then those of each kind."""
    rows = {kind: dict(_rows(model)) for kind, model in KINDS.items()}
    shared = {key: row for key, row in rows["web"].items() if all(own.get(key) == row for own in rows.values())}
    parts = ["## Keys of every kind", "", *_table(shared)]
    for kind, own in rows.items():
        parts += ["", f"## Keys of `kind: {kind}`", "", KINDS[kind].__doc__ or "", ""]
        parts += _table({key: row for key, row in own.items() if key not in shared and key != "kind"})
    return "\n".join(parts) + "\n"


def _table(rows: Mapping[str, tuple[str, str]]) -> list[str]:
    lines = [f"| `{key}` | {what} | {default} |" for key, (what, default) in rows.items()]
    return ["| Key | Value | Default |", "|---|---|---|", *lines]


def _rows(model: type[BaseModel], prefix: str = "", within: str = "") -> Iterator[tuple[str, tuple[str, str]]]:
    """Keys with what their values must be and their defaults; those of a section one by one.

    `within` is the key of a section that need not be there.
    """
    for field in model.model_fields.values():
        key = f"{prefix}{field.alias}"
        section = section_of(field.annotation)
        if section:
            optional = not field.is_required() and field.default is None
            yield from _rows(section, f"{key}.", key if optional else within)
        else:
            yield key, (_escaped(field.description or ""), _default(field, within))


def _default(field: FieldInfo, within: str) -> str:
    if field.is_required():
        return f"required in `{within}`" if within else "required"
    value: Any = field.default
    if value in ("", (), None) or value == {}:
        return "none"
    text = value.value if isinstance(value, Enum) else str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Replace what follows the mark in the file."""
    text, mark, _ = FILE.read_text().partition(START)
    FILE.write_text(f"{text}{mark}\n{reference()}")


if __name__ == "__main__":
    main()
