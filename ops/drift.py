"""`drift`: one issue about what is in AWS and not as the stacks have it."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis import stack_file
from ops import github_api
from ops.errors import fail

if TYPE_CHECKING:
    from analysis.preview import Preview, Step

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
    stack: Annotated[
        list[str] | None, typer.Option(help="A stack that was to be compared; again for another. Default: all.")
    ] = None,
) -> None:
    """Open or renew one issue about the drift of the stacks; close it when all were compared and there is none.

    Needs a token in GITHUB_TOKEN that may write issues.
    """
    from analysis import preview

    known = stack_file.names()
    if unknown := sorted(set(stack or ()) - set(known)):
        fail(f"there is no stack {unknown[0]!r}: there are {', '.join(known)}")
    files = {each: folder / f"{each}.preview.json" for each in stack or known}
    found = {each: file for each, file in files.items() if file.exists()}
    if not found:
        fail(f"{folder} holds none of {', '.join(file.name for file in files.values())}")
    try:
        with github_api.asking():
            # A stack without a file is one whose run did not get that far: that there is no drift, nobody knows.
            seen = {each: preview.read(file) if each in found else None for each, file in files.items()}
            sections = [section for each, one in seen.items() if (section := _section(each, one))]
            text = "\n".join([MARKER, *sections, _footer(found, run)])
            if not repository:
                print(text if sections else f"No drift: {', '.join(found)}.")
                return
            where = github_api.repository(repository)
            if sections:
                print(github_api.open_issue(where, MARKER, TITLE, text))
            else:
                print(github_api.close_issue(where, MARKER, f"No drift any more. {run}".strip()) or "No drift.")
    except (preview.BadPreview, github_api.GitHubError) as error:
        fail(str(error))


def _section(stack: str, seen: "Preview | None") -> str:
    """What differs in a stack, or that it could not be compared; nothing if nothing differs."""
    changes = list(seen.changes) if seen else []
    if not seen or not seen.steps or (seen.errors and not changes):
        return f"## {stack}\n\nCould not be compared: see the run's log.\n"
    if not changes:
        return ""
    rows = [_row(step) for step in changes[:_SHOWN]]
    left = [f"\n... and {len(changes) - _SHOWN} more: see the run's log."] if len(changes) > _SHOWN else []
    head = [f"## {stack}", "", "| Resource | | Properties |", "|---|---|---|"]
    return "\n".join([*head, *rows, *left, ""])


def _row(step: "Step") -> str:
    # Paths only: a value that somebody put there by hand is nothing for an issue.
    paths = ", ".join(f"`{path}`" for path in sorted(step.detailed_diff or ())[:5])
    return f"| `{step.name}` ({step.type}) | {_WORDS.get(step.op, step.op)} | {paths.replace('|', '&#124;')} |"


def _footer(stacks: Iterable[str], run: str) -> str:
    return (
        f"Compared: {', '.join(stacks)}. {run}\n\n"
        "`pulumi up` puts back what the program says; what should stay goes into the program. A commit on the main "
        "branch that has not been deployed yet shows up here too."
    )
