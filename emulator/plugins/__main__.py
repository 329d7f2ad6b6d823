"""Starts a provider plugin: `python -m emulator.plugins <package> <engine address>`."""

import importlib.metadata
import logging
import os
import signal
import sys

from emulator.plugins.faulty import faulty
from emulator.plugins.provider import Provider
from emulator.plugins.server import serve


def _provider(package: str) -> Provider:
    # Imports are inside of the function, because each plugin is a process that needs only one of them.
    if package == "aws":
        from emulator import wiring
        from emulator.aws.provider import AwsProvider

        return AwsProvider(wiring.account())
    if package == "random":
        from emulator.random_provider import RandomProvider

        return RandomProvider()
    sys.exit(f"The emulator has no provider for the package {package!r}; it has aws, eks, kubernetes and random.")


def main() -> None:
    """Serve the package named on the command line until the engine ends this process."""
    # The engine starts its plugins in separate process groups and ends them with this signal.
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    package, engine_address = sys.argv[1], sys.argv[-1]
    version = importlib.metadata.version(f"pulumi-{package}")
    if package == "eks":
        from emulator.eks.server import serve as serve_components

        serve_components(version, engine_address)
    elif package == "kubernetes":
        from emulator.plugins import kubernetes

        sys.exit(kubernetes.serve(sys.argv[2:]))
    else:
        serve(faulty(_provider(package)), version, engine_address)


if __name__ == "__main__":
    main()
