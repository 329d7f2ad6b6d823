"""Reads and writes previews: every resource before and after, and the policy violations.

A preview comes from two files. `pulumi preview --json --show-sames` writes a document with a step per resource, which
has neither policy violations nor planned stack outputs, so these are read from the engine's event log of the same run
(`--event-log`). `write` combines both into one small file, which `read` accepts as well.
"""

from analysis.preview.model import IDENTIFYING, Drift, Preview, State, Step, Violation
from analysis.preview.reading import BadPreview, failed, read
from analysis.preview.writing import write
from analysis.redaction import SECRET, UNKNOWN
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
