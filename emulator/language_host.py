"""Runs the Python program for an engine that was built here and has no official language host beside it.

The official Pulumi CLI brings its own; this one serves the same gRPC contract by the SDK's inline language server.
"""

import gc
import os
import runpy
import signal
import sys
from concurrent import futures
from typing import Any

import grpc
from pulumi.automation._server import LanguageServer  # pyright: ignore[reportPrivateUsage]
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from emulator.plugins.server import MESSAGE_LIMIT


class LanguageHost(LanguageServer):
    """Serves one engine: a program is run in this process, as often as the engine asks."""

    def __init__(self, engine_address: str) -> None:
        super().__init__(lambda: None)
        self._engine_address = engine_address

    def Handshake(self, request: Any, context: Any) -> Any:
        self._engine_address = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:
        # The engine asks for a plugin when the program first uses it; naming none here keeps it from downloading any.
        return language_pb2.GetRequiredPackagesResponse()

    def RuntimeOptionsPrompts(self, request: Any, context: Any) -> Any:
        return language_pb2.RuntimeOptionsResponse()

    def Run(self, request: Any, context: Any) -> Any:
        directory = os.path.join(request.info.program_directory or request.pwd, request.info.entry_point or "")
        program = os.path.join(directory, "__main__.py") if os.path.isdir(directory) else directory
        sys.path.insert(0, os.path.dirname(os.path.normpath(program)))
        self.program = lambda: _run(program)
        del request.args[:]
        request.args.append(self._engine_address)
        response = super().Run(request, context)
        # The SDK has shown the error already; the engine would show it a second time.
        return language_pb2.RunResponse(bail=True) if response.error else response


def _run(program: str) -> None:
    # A collection in the middle of thousands of short-lived futures costs more than it gives back.
    gc.disable()
    runpy.run_path(program, run_name="__main__")


def main() -> None:
    """Serve until the engine ends this process; the first line printed is the port, as the engine expects."""
    # Ctrl-C goes to the whole process group; the engine cancels the run and then ends its language host.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    options = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
    server = grpc.server(futures.ThreadPoolExecutor(4), options=options)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(sys.argv[-1]), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
