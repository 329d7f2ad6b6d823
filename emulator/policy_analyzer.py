"""Starts a policy pack for an engine that was built here and has no official analyzer beside it."""

import runpy
import sys


def main() -> None:
    """Run the pack in the current folder with this interpreter, whatever virtual environment the pack names.

    The engine passes its address, the folder and then the runtime's options, which the SDK's runner does not take.
    """
    sys.argv[3:] = []
    runpy.run_module("pulumi.policy", run_name="__main__")


if __name__ == "__main__":
    main()
