"""A relay between the engine and a provider that is not ours: it keeps the emulator's clock and schedule.

Calls and answers go through as they are, except that timeouts follow `OPENMARKET_EMULATOR_TIME` and that work waits for
its turn by `OPENMARKET_EMULATOR_SCHEDULE`.
"""

import threading
from collections.abc import Generator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from emulator import clock, schedule
from emulator.plugins.server import MESSAGE_LIMIT

_METADATA_LIMIT = 2**24
"""Bytes, as gRPC's implementation in Go has it. A failure brings the object's whole state as metadata."""

_OPTIONS = [
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.max_send_message_length", MESSAGE_LIMIT),
    ("grpc.max_metadata_size", _METADATA_LIMIT),
    ("grpc.absolute_max_metadata_size", _METADATA_LIMIT),
]
_SERVICE = "/pulumirpc.ResourceProvider/"
_WORK: dict[str, tuple[Any, Any]] = {
    "Create": (provider_pb2.CreateRequest, provider_pb2.CreateResponse),
    "Update": (provider_pb2.UpdateRequest, provider_pb2.UpdateResponse),
    "Delete": (provider_pb2.DeleteRequest, None),
}
_SECONDS = 600
"""How long the provider waits for an object that says nothing else."""

_ANNOTATION = "pulumi.com/timeoutSeconds"
_FAILURE_DETAILS = "grpc-status-details-bin"


_servers: list[grpc.Server] = []
"""A server that nobody holds ends by itself."""


def serve(port: int) -> int:
    """Relay to the provider that serves on the port, until this process ends, and answer the port to call instead."""
    channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=_OPTIONS)
    # Calls wait in here for their turn, and must not keep others out: see `schedule`.
    server = grpc.server(futures.ThreadPoolExecutor(512), options=_OPTIONS)
    server.add_generic_rpc_handlers((_Relay(channel),))
    own = server.add_insecure_port("127.0.0.1:0")
    server.start()
    _servers.append(server)
    return own


class _Relay(grpc.GenericRpcHandler):  # pyright: ignore[reportMissingTypeArgument]
    def __init__(self, channel: grpc.Channel) -> None:
        self._channel = channel
        self._cancelled = threading.Event()

    def service(self, handler_call_details: Any) -> Any:
        method: str = handler_call_details.method
        call = self._channel.unary_unary(method, None, None)
        name = method.removeprefix(_SERVICE)

        def answer(request: bytes, context: Any) -> bytes:
            if name == "Cancel":
                self._cancelled.set()
            if name in _WORK:
                request_type, response_type = _WORK[name]
                message = request_type.FromString(request)
                if not getattr(message, "preview", False):
                    with schedule.turn(message.urn.rsplit("::", 1)[-1], self._cancelled.is_set):
                        return _in_our_time(call, message, response_type, context)
            else:
                schedule.notice()
            with _passed_on(context):
                return call(request, metadata=context.invocation_metadata())
            raise AssertionError  # the failure has been passed on

        return grpc.unary_unary_rpc_method_handler(answer, None, None)


def _in_our_time(call: Any, request: Any, response_type: Any, context: Any) -> bytes:
    """Make the call with the emulator's timeouts, and give back those of the program."""
    asked = hurry(request)
    with _passed_on(context, asked):
        response = call(request.SerializeToString(), metadata=context.invocation_metadata())
        if asked is None or response_type is None:
            return response
        message = response_type.FromString(response)
        _restore(message.properties, asked)
        return message.SerializeToString()
    raise AssertionError  # the failure has been passed on


def hurry(request: Any) -> float | None:
    """Set the request's timeouts in the emulator's time. Answers a Helm release's own, a property of it, as it was."""
    inputs = getattr(request, "properties", None) if isinstance(request, provider_pb2.CreateRequest) else None
    inputs = request.news if isinstance(request, provider_pb2.UpdateRequest) else inputs
    request.timeout = clock.seconds(request.timeout or _annotated(inputs) or _SECONDS)
    if inputs is None or "kubernetes:helm.sh/v3:Release" not in request.urn or "timeout" not in inputs.fields:
        return None
    asked = inputs.fields["timeout"].number_value
    inputs["timeout"] = round(clock.seconds(asked))
    return asked


def _annotated(inputs: struct_pb2.Struct | None) -> float:
    value: Any = inputs
    for key in ("metadata", "annotations", _ANNOTATION):
        value = value[key] if isinstance(value, struct_pb2.Struct) and key in value.fields else None
    return float(value) if isinstance(value, str) and value.isdigit() else 0


def _restore(properties: struct_pb2.Struct, timeout: float) -> None:
    """Put the program's timeout back into a release's state, where the provider keeps it twice."""
    for state in (properties, properties["__inputs"] if "__inputs" in properties.fields else None):
        if isinstance(state, struct_pb2.Struct) and "timeout" in state.fields:
            state["timeout"] = timeout


@contextmanager
def _passed_on(context: Any, timeout: float | None = None) -> Generator[None]:
    """Pass a failure on as the provider told it, with what exists nevertheless."""
    try:
        yield
    except grpc.RpcError as error:
        failure: Any = error
        metadata = [
            (key, _restored(value, timeout) if key == _FAILURE_DETAILS and timeout is not None else value)
            for key, value in failure.trailing_metadata() or ()
        ]
        context.set_trailing_metadata(metadata)
        context.abort(failure.code(), failure.details())


def _restored(details: bytes, timeout: float) -> bytes:
    status = status_pb2.Status.FromString(details)
    for detail in status.details:
        partial = provider_pb2.ErrorResourceInitFailed()
        if detail.Unpack(partial):
            for properties in (partial.properties, partial.inputs):
                _restore(properties, timeout)
            detail.Pack(partial)
    return status.SerializeToString()
