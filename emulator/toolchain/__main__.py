"""Runs a binary of the toolchain, built first if necessary: `python -m emulator.toolchain actionlint ARGUMENTS`."""

import os
import sys

from emulator.toolchain import binary, build
from emulator.toolchain.toolsets import TOOLSETS


def main(name: str, *arguments: str) -> None:
    """Replace this process with the binary.

    Raises:
        SystemExit: There is no such binary, or it cannot be built; the message says why.
    """
    toolset = next((each for each in TOOLSETS if name in each.binaries), None)
    if toolset is None:
        sys.exit(f"{name} is not a binary of the toolchain")
    try:
        if not toolset.complete():
            build.ensure(toolset)
    except build.ToolchainError as error:
        sys.exit(str(error))
    sys.stdout.flush()
    path = str(binary(name))
    os.execv(path, [path, *arguments])  # noqa: S606


if __name__ == "__main__":
    main(*sys.argv[1:])
