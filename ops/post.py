"""The command `post`: writes the comments about a preview to their pull request."""

from pathlib import Path
from typing import Annotated

import typer

from analysis import stack_file
from ops import github_api
from ops.errors import fail

MARKER = "<!-- openmarket-preview:{stack} -->"
"""First line of a stack's comment, invisible on GitHub, by which the next run finds the comment."""


def post(
    folder: Annotated[Path, typer.Argument(help="Folder with a `<stack>.md` per stack, as `comment` writes it.")],
    repository: Annotated[str, typer.Option(help="The repository, as owner/name.")],
    head: Annotated[str, typer.Option(help="The head branch of the pull request, as owner:branch.")],
    commit: Annotated[str, typer.Option(help="The commit that was previewed.")],
) -> None:
    """Create or update a comment per stack on the branch's pull request.

    Needs a token in GITHUB_TOKEN that may write to pull requests. Nothing is written if the branch has a newer commit,
    whose own run follows, or no open pull request.
    """
    files = {stack: folder / f"{stack}.md" for stack in stack_file.names()}
    texts = {stack: file.read_text() for stack, file in files.items() if file.exists()}
    if not texts:
        fail(f"{folder} contains none of {', '.join(file.name for file in files.values())}")
    try:
        with github_api.asking():
            target = github_api.pull_request(github_api.repository(repository), head, commit)
            if target is None:
                print(f"No open pull request of {head} is at commit {commit}: there is nothing to comment on.")
                return
            for stack, text in texts.items():
                print(github_api.comment(target, MARKER.format(stack=stack), text))
    except github_api.GitHubError as error:
        fail(str(error))
