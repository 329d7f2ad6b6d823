"""The real Kubernetes provider ends with the engine that uses it."""

import os
import subprocess
import sys
from pathlib import Path

CODE = """
import os, sys
from emulator.plugins import kubernetes
kubernetes.binary = lambda _: sys.argv[1]
code = kubernetes.serve([])
os._exit(code)
"""


def test_it_ends_if_nobody_hears_of_its_port(tmp_path: Path) -> None:
    provider = tmp_path / "provider"
    provider.write_text("#!/bin/sh\necho 1234\nexec sleep 60\n")
    provider.chmod(0o755)
    nobody, end = os.pipe()
    os.close(nobody)
    environment = {**os.environ, "OPENMARKET_EMULATOR_CHARTS": "upstream", "OPENMARKET_EMULATOR_STATE": str(tmp_path)}
    ended = subprocess.run([sys.executable, "-c", CODE, str(provider)], stdout=end, env=environment, timeout=50)
    os.close(end)
    assert ended.returncode == 1
