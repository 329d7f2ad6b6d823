"""The repository holds sources: whatever can be downloaded or built again stays out of every clone."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The largest source file is a lock file (go.sum) of some 75 KB.
LARGEST = 200_000


def test_no_tracked_file_is_larger_than_a_source_file() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert files
    sizes = {str(file.relative_to(ROOT)): file.stat().st_size for file in files if file.is_file()}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
