"""What a preview said: every resource as it is and as it would be, and the policies it breaks.

Two files make a preview. `pulumi preview --json --show-sames` writes one document with a step per resource; it leaves
out the policies and what the stack would put out, so they are read from the engine's event log of the same run
(`--event-log`). `write` makes one small file of both, which `read` takes as well.
"""

from analysis.placeholders import SECRET, UNKNOWN
from analysis.preview.model import IDENTIFYING, Drift, Preview, State, Step, Violation
from analysis.preview.reading import BadPreview, failed, read
from analysis.preview.writing import write
from analysis.urns import STACK

__all__ = [
    "IDENTIFYING",
    "SECRET",
    "STACK",
    "UNKNOWN",
    "BadPreview",
    "Drift",
    "Preview",
    "State",
    "Step",
    "Violation",
    "failed",
    "read",
    "write",
]
