"""`post`: put the comments about a preview on their pull request."""

from pathlib import Path
from typing import Annotated

import typer

from analysis import stack_file
from ops import github_api
from ops.errors import fail

MARKER = "<!-- openmarket-preview:{stack} -->"
"""The first line of a stack's comment, which GitHub does not show: how the next run finds it."""


def post(
    folder: Annotated[Path, typer.Argument(help="Holds a `<stack>.md` for each stack, as `comment` writes it.")],
    repository: Annotated[str, typer.Option(help="The repository, as owner/name.")],
    head: Annotated[str, typer.Option(help="The branch that asks to be merged, as owner:branch.")],
    commit: Annotated[str, typer.Option(help="The commit that was previewed.")],
) -> None:
    """Make one comment per stack on the branch's pull request, or renew it.

    Needs a token in GITHUB_TOKEN that may write to pull requests. A branch that has a newer commit, or no pull request
    any more, gets nothing: its own run follows.
    """
    files = {stack: folder / f"{stack}.md" for stack in stack_file.names()}
    texts = {stack: file.read_text() for stack, file in files.items() if file.exists()}
    if not texts:
        fail(f"{folder} holds none of {', '.join(file.name for file in files.values())}")
    try:
        with github_api.asking():
            target = github_api.pull_request(github_api.repository(repository), head, commit)
            if target is None:
                print(f"No open pull request of {head} is at {commit}: nothing to comment on.")
                return
            for stack, text in texts.items():
                print(github_api.comment(target, MARKER.format(stack=stack), text))
    except github_api.GitHubError as error:
        fail(str(error))
