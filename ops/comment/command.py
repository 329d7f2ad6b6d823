"""The command `comment`: renders a preview for the reviewers of a pull request."""

from pathlib import Path
from typing import Annotated

import typer

from analysis import stack_file
from ops.errors import fail


def comment(
    file: Annotated[Path, typer.Argument(help="A `<stack>.preview.json`, as `plan` writes it.")],
    out: Annotated[Path | None, typer.Option(help="File for the comment. Default: print it.")] = None,
    full: Annotated[Path | None, typer.Option(help="File for the comment without GitHub's length limit.")] = None,
    commit: Annotated[str, typer.Option(help="The commit that was previewed.")] = "",
) -> None:
    """Render a preview as Markdown: whether the change may be merged, and its effects.

    The effects are data loss, downtime, new exposure, new permissions, cost and blocking policies.
    """
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
        # The file comes from the branch of a pull request, which must not write the comment of another stack.
        fail(f"{file} is a preview of {seen.stack!r}: it must be of one of {', '.join(known)}, in a file of that name")
    result = review(seen)
    if out is None:
        print(written(result, commit), end="")
    else:
        _write(out, written(result, commit))
    if full is not None:
        _write(full, written(result, commit, limit=None))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
