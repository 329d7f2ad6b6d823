"""Paths of the emulator: its state is in the program's folder, and binaries are in a cache that programs share."""

import os
from pathlib import Path

from emulator import settings

CODE = Path(__file__).resolve().parent.parent
"""Folder that a process needs on its PYTHONPATH to import the emulator."""

try:
    SETTINGS = settings.load(Path.cwd(), os.environ)
except settings.InvalidSettings as error:
    # Every process needs the settings, and its user should see one sentence instead of a traceback.
    raise SystemExit(str(error)) from None

PROJECT = SETTINGS.project
"""Folder of the program, which has the `Pulumi.yaml`."""

STATE = Path(os.environ.get("OPENMARKET_EMULATOR_STATE", PROJECT / ".emulator"))
"""Folder of the emulator's state. To reset the simulated account, run `make down` and delete it."""

CACHE = Path(
    os.environ.get(
        "OPENMARKET_EMULATOR_CACHE",
        Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "openmarket-emulator",
    )
)
"""Folder of binaries that were built from source, which programs share; names contain a hash of the `go.sum`."""

SNAPSHOTS = Path(os.environ.get("OPENMARKET_EMULATOR_SNAPSHOTS", STATE / "snapshots"))
"""Folder of the saved states. Several accounts may share one outside of their state."""

DATABASE = STATE / "aws.sqlite"
CLUSTERS = STATE / "clusters"
