"""Writes to GitHub for the workflows: a comment per stack on a pull request, and an issue about drift.

The token comes from GITHUB_TOKEN and the API's URL from GITHUB_API_URL, as GitHub Actions sets them.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from github.Issue import Issue
    from github.PullRequest import PullRequest
    from github.Repository import Repository

LIMIT = 65_536
"""Maximum number of characters in a comment or an issue, beyond which GitHub refuses it."""

BOT = "github-actions[bot]"
"""Login of the author of everything that is written with a workflow's own token."""


class GitHubError(Exception):
    """GitHub could not be reached, or refused a request; the message says why."""


class _Authored(Protocol):
    @property
    def body(self) -> str | None: ...
    @property
    def user(self) -> "_User": ...


class _User(Protocol):
    @property
    def login(self) -> str: ...


def repository(name: str) -> "Repository":
    """Return a client for the repository `owner/name`; it sends no request yet.

    Raises:
        GitHubError: GITHUB_TOKEN is not set, or GITHUB_API_URL is not a URL.
    """
    from github import Auth, Github

    token = os.environ.get("GITHUB_TOKEN")
    if not token:
        raise GitHubError("GITHUB_TOKEN is not set: a workflow passes `github.token` in the environment")
    address = _address()
    # The library's retries and pauses are off: a run writes a few texts and can be repeated.
    client = Github(
        auth=Auth.Token(token), base_url=address, lazy=True, retry=None,
        seconds_between_requests=None, seconds_between_writes=None,
    )  # fmt: skip
    return client.get_repo(name)


def pull_request(where: "Repository", head: str, commit: str) -> "PullRequest | None":
    """Return the open pull request of a branch (`owner:branch`) whose newest commit is this one; None if there is none.

    The pull request is looked up by branch and commit instead of by number, because the artifact of a fork's run could
    name any number.
    """
    for each in where.get_pulls(state="open", head=head):
        if each.head.sha == commit:
            return each
    return None


def comment(on: "PullRequest", marker: str, text: str) -> str:
    """Create or update the comment that starts with the marker, and return its URL."""
    _check(marker, text)
    for each in on.get_issue_comments():
        if _is_ours(each, marker):
            if each.body != text:
                each.edit(text)
            return each.html_url
    return on.create_issue_comment(text).html_url


def issue(where: "Repository", marker: str) -> "Issue | None":
    """Return the open issue that starts with the marker; None if there is none."""
    return next((each for each in where.get_issues(state="open") if _is_ours(each, marker)), None)


def open_issue(where: "Repository", marker: str, title: str, text: str) -> str:
    """Open or update the issue that starts with the marker, and return its URL."""
    _check(marker, text)
    found = issue(where, marker)
    if found is None:
        return where.create_issue(title, text).html_url
    if found.body != text:
        found.edit(body=text)
    return found.html_url


def close_issue(where: "Repository", marker: str, reason: str) -> str:
    """Close the issue that starts with the marker with a comment, and return its URL; empty if none is open."""
    found = issue(where, marker)
    if found is None:
        return ""
    found.create_comment(reason)
    found.edit(state="closed")
    return found.html_url


@contextmanager
def asking() -> Generator[None]:
    """Translate errors of the GitHub client.

    Raises:
        GitHubError: GitHub refused a request, or cannot be reached. The message contains nothing of the request.
    """
    import requests
    from github import GithubException

    try:
        yield
    except GithubException as error:
        data: dict[str, Any] | None = error.data
        reason = (data or {}).get("message")
        raise GitHubError(f"GitHub answered {error.status}: {reason or 'no reason given'}") from None
    except requests.RequestException as error:
        raise GitHubError(f"{_address()} cannot be reached: {type(error).__name__}") from None


def _address() -> str:
    address = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise GitHubError(f"GITHUB_API_URL is {address!r}: it must be a URL such as https://api.github.com")
    return address


def _is_ours(each: _Authored, marker: str) -> bool:
    """Return whether a workflow wrote the text; anybody could copy the marker."""
    return each.user.login == BOT and (each.body or "").startswith(marker)


def _check(marker: str, text: str) -> None:
    if not text.startswith(marker):
        raise GitHubError(f"the text does not start with {marker}")
    if len(text) > LIMIT:
        raise GitHubError(f"the text has {len(text)} characters, and GitHub accepts at most {LIMIT}")
