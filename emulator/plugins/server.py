"""Serves a `Provider` over gRPC to the engine."""

import json
import logging
import threading
import traceback
from collections.abc import Callable
from concurrent import futures
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any, TypeVar

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)

from emulator import parent, schedule
from emulator.plugins.provider import Call, Diff, Failure, PartialError, Properties, Provider, ProviderError, Resource
from emulator.plugins.values import from_struct, to_struct

MESSAGE_LIMIT = 400 * 1024 * 1024
"""The engine's limit for one message, in bytes."""

FAILURE_DETAILS = "grpc-status-details-bin"
"""Key of an error's metadata with more about it."""

_OPTIONS = [("grpc.max_receive_message_length", MESSAGE_LIMIT), ("grpc.max_send_message_length", MESSAGE_LIMIT)]
Answer = TypeVar("Answer")
_LOG = logging.getLogger(__name__)


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one `Provider`. Secrets arrive as plain values; the engine marks them as secret again in responses."""

    def __init__(self, provider: Provider, version: str, engine_address: str) -> None:
        self._provider = provider
        self._version = version
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(engine_address)) if engine_address else None
        self._cancelled = threading.Event()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        return plugin_pb2.PluginInfo(version=self._version)

    def Attach(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:
        self._cancelled.set()
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, context: Any) -> Any:
        failures = self._guard(context, lambda: self._provider.check_config(_configuration(from_struct(request.news))))
        return provider_pb2.CheckResponse(inputs=request.news, failures=_failures(failures))

    def DiffConfig(self, request: Any, context: Any) -> Any:
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        return _diff_response(
            self._guard(context, lambda: self._provider.diff_config(_configuration(old), _configuration(new)))
        )

    def Configure(self, request: Any, context: Any) -> Any:
        self._guard(context, lambda: self._provider.configure(_configuration(from_struct(request.args))))
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:
        schedule.record_request()
        resource = _resource(request, inputs=from_struct(request.olds))
        inputs, failures = self._guard(
            context, lambda: self._provider.check(resource, from_struct(request.news), request.randomSeed)
        )
        return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=_failures(failures))

    def Diff(self, request: Any, context: Any) -> Any:
        schedule.record_request()
        resource = _resource(request, request.id, from_struct(request.old_inputs), from_struct(request.olds))
        resource = replace(resource, ignored=tuple(request.ignoreChanges))
        return _diff_response(self._guard(context, lambda: self._provider.diff(resource, from_struct(request.news))))

    def Create(self, request: Any, context: Any) -> Any:
        call = self._call(request, request.preview)
        resource = _resource(request)
        with self._turn(resource, request.preview):
            id_, outputs = self._guard(
                context, lambda: self._provider.create(resource, from_struct(request.properties), call)
            )
        return provider_pb2.CreateResponse(id="" if request.preview else id_, properties=to_struct(outputs))

    def Read(self, request: Any, context: Any) -> Any:
        resource = _resource(request, request.id, from_struct(request.inputs), from_struct(request.properties))
        if not resource.outputs:
            # Bridged providers take this for an import, also in a refresh of what has no outputs.
            resource = replace(resource, id=self._provider.imported_id(resource))
        found = self._guard(context, lambda: self._provider.read(resource))
        if found is None:
            return provider_pb2.ReadResponse()
        inputs, outputs = found
        return provider_pb2.ReadResponse(id=resource.id, inputs=to_struct(inputs), properties=to_struct(outputs))

    def Update(self, request: Any, context: Any) -> Any:
        resource = _resource(request, request.id, from_struct(request.old_inputs), from_struct(request.olds))
        resource = replace(resource, ignored=tuple(request.ignoreChanges))
        call = self._call(request, request.preview)
        with self._turn(resource, request.preview):
            outputs = self._guard(context, lambda: self._provider.update(resource, from_struct(request.news), call))
        return provider_pb2.UpdateResponse(properties=to_struct(outputs))

    def Delete(self, request: Any, context: Any) -> Any:
        resource = _resource(request, request.id, from_struct(request.old_inputs), from_struct(request.properties))
        with self._turn(resource):
            self._guard(context, lambda: self._provider.delete(resource, self._call(request, preview=False)))
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:
        schedule.record_request()
        answer = self._guard(context, lambda: self._provider.invoke(request.tok, from_struct(request.args)))
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(to_struct(answer))
        return response

    def _turn(self, resource: Resource, preview: bool = False) -> AbstractContextManager[None]:
        return nullcontext() if preview else schedule.turn(resource.name, self._cancelled.is_set)

    def _call(self, request: Any, preview: bool) -> Call:
        def report(message: str) -> None:
            if self._engine is not None:
                self._engine.Log(
                    engine_pb2.LogRequest(
                        severity=engine_pb2.LogSeverity.INFO, message=message, urn=request.urn, ephemeral=True
                    )
                )

        return Call(request.timeout, preview, report, self._cancelled.is_set)

    def _guard(self, context: Any, answer: Callable[[], Answer]) -> Answer:
        """Run a provider's method. An error is reported as one message; an unexpected one with its traceback."""
        try:
            return answer()
        except PartialError as error:
            partial = provider_pb2.ErrorResourceInitFailed(
                id=error.id,
                properties=to_struct(error.outputs),
                inputs=to_struct(error.inputs),
                reasons=[str(error)],
            )
            context.set_trailing_metadata(failure_details(str(error), partial))
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except ProviderError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:
            _LOG.exception("unexpected error")
            context.abort(grpc.StatusCode.INTERNAL, f"emulator: {error!r}\n{traceback.format_exc()}")
        raise AssertionError  # abort() never returns


def failure_details(message: str, partial: provider_pb2.ErrorResourceInitFailed) -> list[tuple[str, bytes]]:
    """Return the metadata of an error with which the engine records an object that exists and is not ready."""
    detail = any_pb2.Any()
    detail.Pack(partial)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message, details=[detail])
    return [(FAILURE_DETAILS, status.SerializeToString())]


def _resource(
    request: Any, id_: str = "", inputs: Properties | None = None, outputs: Properties | None = None
) -> Resource:
    # urn:pulumi:<stack>::<project>::<parent type>$<type>::<name>
    _, _, types, name = request.urn.split("::", 3)
    return Resource(request.urn, types.rsplit("$", 1)[-1], name, id_, inputs or {}, outputs or {})


def _configuration(properties: Properties) -> dict[str, Any]:
    """Parse the provider's configuration, which has nested values as JSON text."""
    configuration: dict[str, Any] = {}
    for key, value in properties.items():
        try:
            configuration[key] = json.loads(value) if isinstance(value, str) else value
        except json.JSONDecodeError:
            configuration[key] = value
    return configuration


def _failures(failures: list[Failure]) -> list[Any]:
    return [provider_pb2.CheckFailure(property=failure.property, reason=failure.reason) for failure in failures]


_KINDS = {
    ("add", False): provider_pb2.PropertyDiff.ADD,
    ("add", True): provider_pb2.PropertyDiff.ADD_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.UPDATE_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.DELETE_REPLACE,
}


def _diff_response(diff: Diff) -> Any:
    response_type: Any = provider_pb2.DiffResponse
    return response_type(
        changes=response_type.DIFF_SOME if diff.paths else response_type.DIFF_NONE,
        diffs=sorted({path.split(".")[0].split("[")[0] for path in diff.paths}),
        replaces=sorted(diff.replaces),
        deleteBeforeReplace=diff.delete_before_replace,
        hasDetailedDiff=True,
        detailedDiff={
            path: provider_pb2.PropertyDiff(kind=_KINDS[kind, path in diff.replaces], inputDiff=True)
            for path, kind in diff.paths.items()
        },
    )


def serve(provider: Provider, version: str, engine_address: str) -> None:
    """Serve until the engine ends this process, or ends itself. The first printed line is the port, as it expects.

    Operations that have begun come to their end also when the engine has been killed, as AWS goes on with them.
    """
    # Calls that wait for their turn (see `schedule`) occupy a thread each, and must not block others.
    server = grpc.server(futures.ThreadPoolExecutor(512), options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer(provider, version, engine_address), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    parent.on_end(lambda: server.stop(0))
    print(port, flush=True)
    server.wait_for_termination()
