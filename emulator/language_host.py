"""Runs Python programs and policy packs for an engine that was built from source.

The official Pulumi CLI has its own language host. This one serves the same gRPC contract with the SDK's runtime.
"""

import asyncio
import contextvars
import gc
import logging
import os
import runpy
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator
from concurrent import futures
from contextlib import suppress
from typing import Any

import grpc
from pulumi import RunError, log
from pulumi.automation._server import LanguageServer  # pyright: ignore[reportPrivateUsage]
from pulumi.runtime import reset_options, run_in_stack, set_all_config
from pulumi.runtime.proto import language_pb2, language_pb2_grpc

from emulator import parent
from emulator.plugins.server import MESSAGE_LIMIT
from emulator.pulumi_command import DEBUG

_ENGINE_STOPPED = "resource monitor shut down"
"""Message of the SDK's error in pending registrations after another resource has failed, which is reported already."""


_PATIENCE_SECONDS = 5


class LanguageHost(LanguageServer):
    """Serves one engine, and runs the program in this process whenever the engine requests it."""

    def __init__(self, engine_address: str) -> None:
        super().__init__(lambda: None)
        self._engine_address = engine_address

    def Handshake(self, request: Any, context: Any) -> Any:
        self._engine_address = request.engine_address
        return language_pb2.LanguageHandshakeResponse()

    def RuntimeOptionsPrompts(self, request: Any, context: Any) -> Any:
        return language_pb2.RuntimeOptionsResponse()

    def Run(self, request: Any, context: Any) -> Any:
        # The SDK keeps the engine's address and options in context variables.
        failed = contextvars.copy_context().run(self._run, request)
        # `bail` means that the error was reported already, so the engine does not report it again.
        return language_pb2.RunResponse(bail=failed)

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:
        """Run a policy pack with this interpreter, whatever virtual environment it names, until the engine ends.

        The pack's output, whose first line is its port, is passed on to the engine.
        """
        command = [sys.executable, "-u", "-m", "pulumi.policy", *request.args, "."]
        environment = {**os.environ, **dict(entry.split("=", 1) for entry in request.env)}
        with subprocess.Popen(
            command,
            cwd=request.info.program_directory or request.pwd,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as plugin:
            context.add_callback(plugin.kill)
            for line in plugin.stdout or ():
                yield language_pb2.RunPluginResponse(stdout=line)
            yield language_pb2.RunPluginResponse(exitcode=plugin.wait())

    def _run(self, request: Any) -> bool:
        reset_options(
            organization=request.organization or "organization",
            project=request.project,
            stack=request.stack,
            parallel=request.parallel,
            preview=request.dryRun,
            engine_address=self._engine_address,
            monitor_address=request.monitor_address,
        )
        set_all_config(dict(request.config), list(request.configSecretKeys))
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        if DEBUG not in os.environ:
            # The SDK waits for the engine to take each of its five debug messages per resource, which nobody sees.
            log.debug = lambda *_args, **_options: None
        loop = asyncio.new_event_loop()
        loop.set_default_executor(futures.ThreadPoolExecutor(max(request.parallel, 1) * 4))
        try:
            loop.run_until_complete(run_in_stack(lambda: _program(request)))
        except RunError as error:
            log.error(str(error))
        except Exception as error:
            if _ENGINE_STOPPED not in str(error) and not _unavailable(error):
                log.error(f"Program failed with an unhandled exception:\n{traceback.format_exc()}")
        else:
            return False
        finally:
            _close(loop)
        return True


def _program(request: Any) -> None:
    directory = os.path.join(request.info.program_directory or request.pwd, request.info.entry_point or "")
    program = os.path.join(directory, "__main__.py") if os.path.isdir(directory) else directory
    sys.path.insert(0, os.path.dirname(os.path.normpath(program)))
    # Garbage collection among thousands of short-lived futures costs more time than it saves.
    gc.disable()
    runpy.run_path(program, run_name="__main__")


def _unavailable(error: Exception) -> bool:
    """Return whether the engine ended the run, after an interruption or an error that it reports itself."""
    return isinstance(error, grpc.RpcError) and getattr(error, "code", lambda: None)() == grpc.StatusCode.UNAVAILABLE


def _close(loop: asyncio.AbstractEventLoop) -> None:
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            loop.run_until_complete(task)
    loop.close()
    sys.stdout.flush()
    sys.stderr.flush()


def _end(server: grpc.Server) -> None:
    """End without the program, which waits for the engine, but with the policy packs."""
    server.stop(0).wait(_PATIENCE_SECONDS)
    os._exit(0)


def main() -> None:
    """Serve until the engine ends this process, or ends itself. The first printed line is the port, as it expects."""
    # The engine starts its plugins in separate process groups and ends them with this signal.
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    options = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
    server = grpc.server(futures.ThreadPoolExecutor(4), options=options)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(sys.argv[-1]), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    parent.on_end(lambda: _end(server))
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
