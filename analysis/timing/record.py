"""Records how long each resource of an operation took, in a file beside the log of the engine."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from analysis.timing.span import Span
from analysis.timing.timeline import Needs, Timeline, reverse


class BadRecord(Exception):
    """A file is not the record of an operation; the message says why."""


class Record(BaseModel):
    """A finished operation on a stack."""

    model_config = ConfigDict(frozen=True)

    stack: str
    command: str
    """The command of the engine: `up` or `destroy`."""
    at: str
    """When it began, as ISO 8601 with the time zone."""
    seconds: float
    spans: tuple[Span, ...]
    needs: dict[str, tuple[str, ...]] = {}
    """By URN, the URNs that the resource needs; empty if the stack's state, which is still there, says it."""

    def timeline(self, needs: Needs) -> Timeline:
        """Return the recorded timeline. `needs` are those of the resources' creation."""
        known = {span.urn for span in self.spans}
        ordered = reverse(needs) if self.command == "destroy" else needs
        return Timeline(
            {span.urn: span.begun for span in self.spans},
            {span.urn: span.ended for span in self.spans},
            {urn: _reached(ordered, urn, known) for urn in known},
        )

    @property
    def durations(self) -> Mapping[str, float]:
        """By URN, the seconds of work."""
        return {span.urn: span.ended - span.begun for span in self.spans}


def _reached(needs: Needs, urn: str, among: set[str]) -> set[str]:
    """Return the resources of `among` that this one needs, directly or through others that are not in it."""
    found: set[str] = set()
    seen: set[str] = set()
    open_ = list(needs.get(urn, ()))
    while open_:
        each = open_.pop()
        if each in seen:
            continue
        seen.add(each)
        if each in among:
            found.add(each)
        else:
            open_ += needs.get(each, ())
    return found - {urn}


def write(record: Record, file: Path) -> None:
    """Write the record to the file, which only its owner may read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(record.model_dump_json() + "\n")


def read(file: Path) -> Record:
    """Return the record in the file.

    Raises:
        BadRecord: There is none, or it cannot be read.
    """
    try:
        return Record.model_validate_json(file.read_text())
    except FileNotFoundError:
        raise BadRecord(f"there is no record of such an operation yet ({file})") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadRecord(f"{file} cannot be read: {error}") from None
    except ValidationError as error:
        raise BadRecord(f"{file} is not the record of an operation: {error.errors()[0]['msg']}") from None
