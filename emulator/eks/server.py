"""The gRPC side of the component plugin.

Components register their children over the engine's resource monitor with the ordinary SDK, so this plugin runs an
event loop of its own instead of the threads of `emulator.plugins.server`.
"""

import asyncio
import os
import shutil
from typing import Any

import grpc.aio
import pulumi
from google.protobuf import empty_pb2
from pulumi.errors import InputPropertiesError
from pulumi.provider import ConstructResult, Provider
from pulumi.provider.server import ProviderServicer
from pulumi.runtime.proto import provider_pb2_grpc

from emulator import parent
from emulator.eks.arguments import problems
from emulator.eks.component import Cluster
from emulator.plugins.provider import Failure
from emulator.plugins.server import MESSAGE_LIMIT

_OPTIONS = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]


class EksProvider(Provider):
    """Knows one component, `eks:index:Cluster`."""

    def construct(
        self, name: str, resource_type: str, inputs: Any, options: pulumi.ResourceOptions | None = None
    ) -> ConstructResult:
        """Build the component's children.

        Raises:
            InputPropertiesError: The component or an argument of it is not one that the emulator builds.
        """
        if resource_type != "eks:index:Cluster":
            raise _refusal([Failure("", f"the emulator does not know {resource_type}; it builds eks:index:Cluster")])
        found = problems(inputs)
        if shutil.which("aws") is None:
            found.append(Failure("", "eks.Cluster calls the aws CLI for its kubeconfig, and there is no aws on PATH"))
        if found:
            raise _refusal(found)
        cluster = Cluster(name, inputs, options or pulumi.ResourceOptions())
        return ConstructResult(cluster.urn, cluster.outputs)


def _refusal(failures: list[Failure]) -> InputPropertiesError:
    # Any other exception reaches the user with our own stack trace.
    return InputPropertiesError("", [{"property_path": each.property, "reason": each.reason} for each in failures])


class Servicer(ProviderServicer):
    """The SDK's servicer, with the two calls of a plugin's life that it lacks."""

    async def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()


async def _serve(version: str, engine_address: str) -> None:
    server = grpc.aio.server(options=_OPTIONS)
    servicer = Servicer(EksProvider(version), [], engine_address)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await server.wait_for_termination()


def serve(version: str, engine_address: str) -> None:
    """Serve until the engine ends this process, or ends itself; the first line printed is the port, as it expects."""
    # What the component still does needs the engine.
    parent.on_end(lambda: os._exit(0))
    asyncio.run(_serve(version, engine_address))
