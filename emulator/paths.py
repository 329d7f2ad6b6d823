"""Where the emulator keeps its things: state in the project, binaries in a cache that outlives it."""

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
"""The checkout: the directory that holds `Pulumi.yaml`."""

STATE = Path(os.environ.get("OPENMARKET_EMULATOR_STATE", PROJECT / ".emulator"))
"""Everything the emulator remembers. Deleting it is the same as closing the simulated AWS account."""

CACHE = Path(
    os.environ.get(
        "OPENMARKET_EMULATOR_CACHE",
        Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "openmarket-emulator",
    )
)
"""Binaries built from source, shared by every checkout and keyed by the `go.sum` they come from."""

DATABASE = STATE / "aws.sqlite"
LOGS = STATE / "logs"
CLUSTERS = STATE / "clusters"
