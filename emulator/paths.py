"""Where the emulator keeps its things: state in the program's folder, binaries in a cache that outlives it."""

import os
from pathlib import Path

from emulator import settings

CODE = Path(__file__).resolve().parent.parent
"""What has to be on a process's PYTHONPATH for it to find the emulator."""

try:
    SETTINGS = settings.load(Path.cwd(), os.environ)
except settings.InvalidSettings as error:
    # Whatever process this is, it needs them, and its user needs one sentence.
    raise SystemExit(str(error)) from None

PROJECT = SETTINGS.project
"""The program's folder: the one that holds `Pulumi.yaml`."""

STATE = Path(os.environ.get("OPENMARKET_EMULATOR_STATE", PROJECT / ".emulator"))
"""Everything the emulator remembers. Deleting it is the same as closing the simulated AWS account."""

CACHE = Path(
    os.environ.get(
        "OPENMARKET_EMULATOR_CACHE",
        Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "openmarket-emulator",
    )
)
"""Binaries built from source, shared by every program and keyed by the `go.sum` they come from."""

DATABASE = STATE / "aws.sqlite"
CLUSTERS = STATE / "clusters"
