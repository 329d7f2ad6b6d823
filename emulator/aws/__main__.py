"""`python -m emulator.aws`: the `aws` command that commands inside the emulator find on their PATH."""

import sys

from emulator import wiring
from emulator.aws import cli

if __name__ == "__main__":
    raise SystemExit(cli.main(sys.argv[1:], wiring.account))
