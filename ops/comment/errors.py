"""What the engine or the program says is wrong, as a reader needs it."""

import re

from analysis.redaction import redacted_text
from ops.comment.names import Names

_URN = re.compile(r"\"?urn:pulumi:[^\"\s]+::([\w.-]+)\"?")
_TRACEBACK = "Traceback (most recent call last):\n"


def plain_error(error: str, names: Names) -> str:
    """The message without Python's stack, with names in place of URNs and without what looks like a secret."""
    before, mark, after = error.removeprefix("error: ").partition(_TRACEBACK)
    if mark:
        # What is raised stands behind the frames, at the beginning of a line.
        parts = re.split(r"\n(?=\S)", after.rstrip())
        before = "\n".join([before.rstrip(), *(parts[1:] or parts)])
    text = _URN.sub(r"\1", names.readable(redacted_text(before)))
    return "\n".join(line.replace("\t", "  ").rstrip() for line in text.splitlines() if line.strip())
