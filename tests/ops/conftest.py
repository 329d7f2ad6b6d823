"""A GitHub that every test here can write to."""

from collections.abc import Generator

import pytest

from tests.ops.fake_github import FakeGitHub, serving


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Generator[FakeGitHub]:
    """An empty GitHub, with the environment of a workflow that may write to it."""
    with serving() as held:
        monkeypatch.setenv("GITHUB_API_URL", held.address)
        monkeypatch.setenv("GITHUB_TOKEN", held.token)
        yield held
