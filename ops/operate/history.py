"""Shows who deployed what, when, how it ended, and from which commit."""

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from ops.operate.deployments import SUCCEEDED, UPDATE, Deployment
from ops.operate.showing import console, lasting, put, table
from ops.operate.status_view import short

_WORDS: Mapping[str, str] = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted"}


def show(listed: Sequence[Deployment], last: int) -> None:
    """Print the last operations, the newest first, each with the images that it changed."""
    found = table(">#", "Begun (local time)", "What", "Result", "Took", "Changes", "Commit", "Author or run", "Message")
    for index, each in enumerate(listed[:last]):
        before = next((other for other in listed[index + 1 :] if other.deployed), None)
        result = Text(each.result, style="" if each.result == SUCCEEDED else "bold red")
        took = lasting(each.seconds) if each.seconds is not None else ""
        begun = each.started.astimezone().strftime("%Y-%m-%d %H:%M")
        found.add_row(
            str(each.number), begun, each.kind, result, took, changes(each), each.revision, _by(each),
            "\n".join([each.message, *images(each, before)]),
        )  # fmt: skip
    out = console()
    put(out, found)
    if any(each.dirty for each in listed[:last]):
        out.print("\n* Files differed from the commit.")


def changes(each: Deployment) -> str:
    """Return the number of changes in words, such as `2 created, 1 updated`."""
    counts = [f"{each.changes[op]} {word}" for op, word in _WORDS.items() if each.changes.get(op)]
    return ", ".join(counts) or "none"


def images(each: Deployment, before: Deployment | None) -> Iterator[str]:
    """Yield the services that got another image than they had after the deployment before, which may be None."""
    if each.kind != UPDATE:
        return
    for service, image in each.images.items():
        if image != (before.images.get(service, "") if before else ""):
            yield f"{service}: {short(image) or 'the placeholder'}"


def _by(each: Deployment) -> str:
    """Return the workflow's run, or whose commit it is: a history in a bucket does not have who ran it."""
    return each.run or each.author
