"""The command `comment`: renders a preview for the reviewers of a pull request."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis import stack_file
from ops.errors import fail
from ops.files import write

if TYPE_CHECKING:  # Whoever asks for help does not wait for the models.
    from analysis.preview import Preview

_ADDRESS = re.compile(r"https?://[^\s()<>\[\]]+")


def comment(
    file: Annotated[Path, typer.Argument(help="A `<stack>.preview.json`, as `plan` writes it.")],
    out: Annotated[Path | None, typer.Option(help="File for the comment. Default: print it.")] = None,
    full: Annotated[Path | None, typer.Option(help="File for the comment without GitHub's length limit.")] = None,
    commit: Annotated[str, typer.Option(help="The commit that was previewed.")] = "",
    picture: Annotated[Path | None, typer.Option(help="File for the change as `graph --change` draws it.")] = None,
    artifact: Annotated[str, typer.Option(help="Where the files of --picture and --full will be, as https://...")] = "",
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
    if artifact and not _ADDRESS.fullmatch(artifact):
        fail(f"--artifact {artifact!r}: an address that begins with https:// or http://, without spaces and brackets")
    result = review(seen)
    if picture is not None and not _drawn(seen, picture):
        artifact = ""
    if out is None:
        print(written(result, commit, artifact=artifact), end="")
    else:
        write(out, written(result, commit, artifact=artifact))
    if full is not None:
        write(full, written(result, commit, limit=None))


def _drawn(seen: "Preview", file: Path) -> bool:
    """Draw the change into the file, and return whether that worked.

    A preview that cannot be drawn, as the branch of a pull request may write anything into it, still has its comment.
    """
    from ops.graph.picture import of_change

    try:
        content = of_change(seen.stack, seen)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        typer.echo(f"There is no picture of {seen.stack}: {type(error).__name__}: {error}", err=True)
        return False
    write(file, content)
    return True
