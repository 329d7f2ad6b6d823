"""Entry point that the engine runs for `--policy-pack policies`."""

import sys
from pathlib import Path

# The engine runs this folder as a program, so its parent is not on the path and `policies` could not be imported.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from policies.pack import serve

serve()
