"""The record of an operation."""

from pathlib import Path

import pytest

from analysis.timing.record import BadRecord, Record, read, write
from analysis.timing.span import Span

SPANS = (Span(urn="a", op="create", begun=0, ended=10), Span(urn="c", op="create", begun=11, ended=12, failed=True))


def record(command: str = "up") -> Record:
    return Record(stack="dev", command=command, at="2026-11-26T01:00:00+00:00", seconds=13, spans=SPANS)


def test_a_record_is_read_as_it_was_written_and_is_private(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "dev-up.timeline.json"
    write(record(), file)
    assert read(file) == record()
    assert file.stat().st_mode & 0o077 == 0


def test_a_chain_goes_through_what_did_not_change() -> None:
    found = record().timeline({"c": ("b",), "b": ("a",), "a": ()})
    assert found.path() == ["a", "c"]
    assert found.total == 12


def test_a_deletion_goes_the_other_way() -> None:
    assert record("destroy").timeline({"a": ("c",), "c": ()}).path() == ["a", "c"]


@pytest.mark.parametrize("content", ["", "{}", '{"stack": 1}'])
def test_other_files_are_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(content)
    with pytest.raises(BadRecord, match="is not the record"):
        read(tmp_path / "file")


def test_there_is_none_before_the_first_operation(tmp_path: Path) -> None:
    with pytest.raises(BadRecord, match="no record"):
        read(tmp_path / "none")
