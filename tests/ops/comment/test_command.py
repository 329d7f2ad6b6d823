"""The comment's files: the text, the full text, and the picture of the change that the text links."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from analysis.preview.writing import write
from ops.__main__ import app
from tests.ops.previews import preview, update

ARTIFACT = "https://github.test/owner/name/actions/runs/1#artifacts"
LINK = f"[The picture of the change, and the full text]({ARTIFACT})"


def commented(folder: Path, *words: str) -> Result:
    """A change of a key."""
    file = folder / "dev.preview.json"
    key = ({"deletionWindowInDays": 7.0}, {"deletionWindowInDays": 30.0})
    write(preview(update("aws:kms/key:Key", *key)), file)
    return CliRunner().invoke(app, ["comment", str(file), *words])


def test_a_comment_links_the_picture_that_it_has_drawn(tmp_path: Path) -> None:
    out, picture = tmp_path / "comments" / "dev.md", tmp_path / "full" / "dev.svg"
    result = commented(tmp_path, "--out", str(out), "--picture", str(picture), "--artifact", ARTIFACT)
    assert result.exit_code == 0, result.output
    assert LINK in out.read_text()
    assert "The change: 1 changed." in picture.read_text()


def test_without_an_address_there_is_no_link(tmp_path: Path) -> None:
    result = commented(tmp_path)
    assert result.exit_code == 0, result.output
    assert "The picture of the change" not in result.output


def test_what_cannot_be_drawn_is_commented_on_without_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(*_: Any) -> str:
        return f"{'many':.0f}"

    monkeypatch.setattr("ops.graph.picture.of_change", refusing)
    picture = tmp_path / "dev.svg"
    result = commented(tmp_path, "--picture", str(picture), "--artifact", ARTIFACT)
    assert result.exit_code == 0, result.output
    assert "There is no picture of dev: ValueError" in result.output
    assert "deletionWindowInDays" in result.output
    assert LINK not in result.output
    assert not picture.exists()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://a.test/) [x](https://b.test", "https://a b"])
def test_an_address_that_would_be_more_than_a_link_is_refused(tmp_path: Path, address: str) -> None:
    result = commented(tmp_path, "--artifact", address)
    assert result.exit_code == 1
    assert "an address that begins with https:// or http://" in result.output
