"""`comment`: what a reviewer has to know about a preview."""

from pathlib import Path
from typing import Annotated

import typer

from analysis import stack_file
from ops.errors import fail


def comment(
    file: Annotated[Path, typer.Argument(help="A `<stack>.preview.json`, as `plan` writes it.")],
    out: Annotated[Path | None, typer.Option(help="The file for the text. Without: print it.")] = None,
    full: Annotated[Path | None, typer.Option(help="A file for the text without GitHub's limit on its length.")] = None,
    commit: Annotated[str, typer.Option(help="The commit that was previewed.")] = "",
) -> None:
    """Say in Markdown whether a change may be merged: data, downtime, exposure, permissions, cost, policies."""
    from analysis import preview
    from ops.comment.review import review
    from ops.comment.text import comment as written

    try:
        seen = preview.read(file)
    except preview.BadPreview as error:
        fail(str(error))
    known = stack_file.names()
    named, suffixed = file.name.removesuffix(".preview.json"), file.name.endswith(".preview.json")
    if seen.stack not in known or (suffixed and named != seen.stack):
        # A pull request's file comes from its branch: it speaks for its own stack only.
        fail(f"{file} is of stack {seen.stack}: there are {', '.join(known)}, each with a file of its name")
    judged = review(seen)
    if out is None:
        print(written(judged, commit), end="")
    else:
        _write(out, written(judged, commit))
    if full is not None:
        _write(full, written(judged, commit, limit=None))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
