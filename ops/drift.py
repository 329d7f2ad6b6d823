"""`drift`: one issue about what is in AWS and not as the stacks have it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from github import GithubException

from ops import github_api, preview, stack_file
from ops.errors import fail

MARKER = "<!-- openmarket-drift -->"
TITLE = "Drift: AWS is not as the stacks have it"
_SHOWN = 50
"""Resources listed per stack: enough to see what happened, and far from GitHub's limit."""
_WORDS = {"create": "is gone", "update": "is different", "replace": "is different, and would be replaced"}


def drift(
    folder: Annotated[
        Path,
        typer.Argument(help="Holds a `<stack>.preview.json` for each stack, as `plan --refresh` writes it."),
    ],
    repository: Annotated[str, typer.Option(help="The repository, as owner/name. Without: print the text.")] = "",
    run: Annotated[str, typer.Option(help="The address of the run that looked, for the issue's text.")] = "",
) -> None:
    """Open or renew one issue about the drift of all stacks; close it when there is none.

    Needs a token in GITHUB_TOKEN that may write issues.
    """
    files = {stack: folder / f"{stack}.preview.json" for stack in stack_file.names()}
    found = {stack: file for stack, file in files.items() if file.exists()}
    if not found:
        fail(f"{folder} holds none of {', '.join(file.name for file in files.values())}")
    try:
        sections = [section for stack, file in found.items() if (section := _section(stack, preview.read(file)))]
        text = "\n".join([MARKER, *sections, _footer(found, run)])
        if not repository:
            print(text)
            return
        where = github_api.repository(repository)
        if sections:
            print(github_api.open_issue(where, MARKER, TITLE, text))
        else:
            print(github_api.close_issue(where, MARKER, f"No drift any more. {run}".strip()) or "No drift.")
    except (preview.BadPreview, github_api.GitHubError) as error:
        fail(str(error))
    except GithubException as error:
        fail(github_api.explain(error))


def _section(stack: str, seen: preview.Preview) -> str:
    """What differs in a stack; nothing if nothing does."""
    changes = list(seen.changes)
    if seen.errors and not changes:
        return f"## {stack}\n\nCould not be compared: see the run's log.\n"
    if not changes:
        return ""
    rows = [_row(step) for step in changes[:_SHOWN]]
    left = [f"\n... and {len(changes) - _SHOWN} more: see the run's log."] if len(changes) > _SHOWN else []
    head = [f"## {stack}", "", "| Resource | | Properties |", "|---|---|---|"]
    return "\n".join([*head, *rows, *left, ""])


def _row(step: preview.Step) -> str:
    # Paths only: a value that somebody put there by hand is nothing for an issue.
    paths = ", ".join(f"`{path}`" for path in sorted(step.detailed_diff or ())[:5])
    return f"| `{step.name}` ({step.type}) | {_WORDS.get(step.op, step.op)} | {paths.replace('|', '&#124;')} |"


def _footer(stacks: Iterable[str], run: str) -> str:
    return (
        f"Compared: {', '.join(stacks)}. {run}\n\n"
        "`pulumi up` puts back what the program says; what should stay goes into the program. A commit on the main "
        "branch that has not been deployed yet shows up here too."
    )
