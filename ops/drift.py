"""`drift`: one issue about what is in AWS and not as the stacks have it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from analysis import stack_file
from ops import github_api
from ops.errors import fail

MARKER = "<!-- openmarket-drift -->"
TITLE = "Drift: AWS is not as the stacks have it"


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
    from ops.differences import in_window, section

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
            sections = {each: text for each, one in seen.items() if (text := section(each, one))}
            waiting = [text for each, one in seen.items() if (text := in_window(each, one))]
            body = "\n".join([MARKER, *sections.values(), *waiting, _footer(found, sections, run)])
            if not repository:
                print(body if sections else "\n".join([f"No drift: {', '.join(found)}.", *waiting]))
                return
            where = github_api.repository(repository)
            if sections:
                print(github_api.open_issue(where, MARKER, TITLE, body))
            else:
                print(github_api.close_issue(where, MARKER, f"No drift any more. {run}".strip()) or "No drift.")
    except (preview.BadPreview, github_api.GitHubError) as error:
        fail(str(error))


def _footer(compared: Iterable[str], differ: Iterable[str], run: str) -> str:
    stack = next(iter(differ), "dev")
    return (
        f"Compared: {', '.join(compared)}. {run}\n\n"
        f"`make repair STACK={stack}`, with `ON=aws` on AWS, restores what the program sets (`pulumi up --refresh`). "
        "A plain `up` does not: it compares with Pulumi's state, which still has what the last deployment left. Fields "
        "that the program does not set stay as they are: remove them by hand. What should stay goes into the program, "
        'and so does a version to which AWS has upgraded (docs/runbook.md, "What AWS does by itself").'
    )
