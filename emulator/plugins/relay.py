"""A relay between the engine and the real Kubernetes provider that applies the emulator's clock, schedule and faults.

Requests and responses pass unchanged, except that timeouts follow `OPENMARKET_EMULATOR_TIME`, that operations wait for
their turn by `OPENMARKET_EMULATOR_SCHEDULE`, and that they fail as `OPENMARKET_EMULATOR_FAULTS` says.
"""

import threading
from collections.abc import Generator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, status_pb2

from emulator import clock, faults, schedule
from emulator.plugins.server import FAILURE_DETAILS, MESSAGE_LIMIT, failure_details

_METADATA_LIMIT = 2**24
"""Limit in bytes, as in gRPC for Go. The metadata of an error contain the whole state of the object."""

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
"""Default time in seconds for which the provider waits for an object."""

_ANNOTATION = "pulumi.com/timeoutSeconds"


_servers: list[grpc.Server] = []
"""Servers that run. A reference is kept because a server stops when it is garbage collected."""


def serve(port: int) -> int:
    """Relay to the provider on the port until this process ends, and return the port for the engine to call."""
    channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=_OPTIONS)
    # Calls that wait for their turn (see `schedule`) occupy a thread each, and must not block others.
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
                        return _with_faults(name.lower(), call, message, response_type, context)
            else:
                schedule.record_request()
            with _passed_on(context):
                return call(request, metadata=context.invocation_metadata())
            raise AssertionError  # `_passed_on` has aborted the call

        return grpc.unary_unary_rpc_method_handler(answer, None, None)


def _with_faults(operation: str, call: Any, request: Any, response_type: Any, context: Any) -> bytes:
    """Make the call, unless a fault concerns it."""
    try:
        faults.begin(operation, request.urn)
    except faults.Fault as fault:
        context.abort(grpc.StatusCode.UNKNOWN, str(fault))
    response = _in_our_time(call, request, response_type, context)
    try:
        faults.end(operation, request.urn)
    except faults.Fault as fault:
        if response_type is not None:
            done = response_type.FromString(response)
            # An update answers without the id, which does not change.
            id_ = getattr(done, "id", "") or request.id
            inputs = request.properties if operation == "create" else request.news
            partial = provider_pb2.ErrorResourceInitFailed(
                id=id_, properties=done.properties, inputs=inputs, reasons=[str(fault)]
            )
            context.set_trailing_metadata(failure_details(str(fault), partial))
        context.abort(grpc.StatusCode.UNKNOWN, str(fault))
    return response


def _in_our_time(call: Any, request: Any, response_type: Any, context: Any) -> bytes:
    """Make the call with the emulator's timeouts, and restore those of the program in the response."""
    asked = convert_timeouts(request)
    with _passed_on(context, asked):
        response = call(request.SerializeToString(), metadata=context.invocation_metadata())
        if asked is None or response_type is None:
            return response
        message = response_type.FromString(response)
        _restore(message.properties, asked)
        return message.SerializeToString()
    raise AssertionError  # `_passed_on` has aborted the call


def convert_timeouts(request: Any) -> float | None:
    """Convert the request's timeouts to the emulator's time. Return the original timeout property of a Helm release."""
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
    """Restore the program's timeout in a release's state, in which the provider stores it twice."""
    for state in (properties, properties["__inputs"] if "__inputs" in properties.fields else None):
        if isinstance(state, struct_pb2.Struct) and "timeout" in state.fields:
            state["timeout"] = timeout


@contextmanager
def _passed_on(context: Any, timeout: float | None = None) -> Generator[None]:
    """Pass an error of the provider on to the engine, with the state of a partially created object."""
    try:
        yield
    except grpc.RpcError as error:
        failure: Any = error
        metadata = [
            (key, _restored(value, timeout) if key == FAILURE_DETAILS and timeout is not None else value)
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
