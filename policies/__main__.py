"""What the engine runs for `--policy-pack policies`."""

import sys
from pathlib import Path

# The engine runs this folder as a program, so the package would not be found by its name.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from policies.pack import serve

serve()
