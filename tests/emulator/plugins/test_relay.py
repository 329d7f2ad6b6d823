"""The relay changes timeouts and nothing else, and passes failures on whole."""

import time
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from google.protobuf import any_pb2, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from emulator import clock
from emulator.plugins import relay

RELEASE = "urn:pulumi:dev::shop::kubernetes:helm.sh/v3:Release::addon"
OBJECT = "urn:pulumi:dev::shop::kubernetes:apps/v1:Deployment::web"


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """Answers a creation with its own properties, as state that has the inputs in it once more."""

    def __init__(self) -> None:
        self.seen: Any = None
        self.fails = False

    def Create(self, request: Any, context: Any) -> Any:
        self.seen = request
        properties = struct_pb2.Struct()
        properties.update(request.properties)
        properties["__inputs"] = request.properties
        if self.fails:
            detail = any_pb2.Any()
            detail.Pack(provider_pb2.ErrorResourceInitFailed(id="made", properties=properties, reasons=["too slow"]))
            status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message="too slow", details=[detail])
            context.set_trailing_metadata([("grpc-status-details-bin", status.SerializeToString())])
            context.abort(grpc.StatusCode.UNKNOWN, "too slow")
        return provider_pb2.CreateResponse(id="made", properties=properties)

    def GetPluginInfo(self, request: Any, context: Any) -> Any:
        del request, context
        return provider_pb2.CreateResponse(id="as it is")


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def through(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of the relay in front of the provider, where an emulated second takes a tenth of one."""
    monkeypatch.setattr(clock, "_SECOND", 0.1)
    server = grpc.server(futures.ThreadPoolExecutor(4))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    # The engine's side takes as much metadata as Go does.
    options = [("grpc.max_metadata_size", 2**24), ("grpc.absolute_max_metadata_size", 2**24)]
    with grpc.insecure_channel(f"127.0.0.1:{relay.serve(port)}", options=options) as channel:
        yield provider_pb2_grpc.ResourceProviderStub(channel)
    server.stop(None)


def request(urn: str, **properties: Any) -> Any:
    inputs = struct_pb2.Struct()
    inputs.update(properties)
    return provider_pb2.CreateRequest(urn=urn, properties=inputs)


def timeouts(state: struct_pb2.Struct) -> list[float]:
    """The timeout in a release's state, and in the inputs that the state repeats."""
    repeated = state.fields["__inputs"].struct_value
    return [each.fields["timeout"].number_value for each in (state, repeated)]


@pytest.mark.parametrize(("asked", "given"), [(0, 60), (1200, 120), (5, 5)])
def test_timeouts_are_in_the_emulators_time(provider: Provider, through: Any, asked: float, given: float) -> None:
    call = request(OBJECT)
    call.timeout = asked
    through.Create(call)
    assert provider.seen.timeout == given


def test_an_annotated_timeout_counts_where_the_program_sets_none(provider: Provider, through: Any) -> None:
    through.Create(request(OBJECT, metadata={"annotations": {"pulumi.com/timeoutSeconds": "300"}}))
    assert provider.seen.timeout == 30


def test_a_releases_own_timeout_is_short_for_helm_and_as_written_in_the_state(provider: Provider, through: Any) -> None:
    answer = through.Create(request(RELEASE, timeout=900, name="addon"))
    assert provider.seen.properties["timeout"] == 90
    assert timeouts(answer.properties) == [900, 900]
    assert answer.properties["name"] == "addon"


def test_a_preview_is_left_alone(provider: Provider, through: Any) -> None:
    call = request(RELEASE, timeout=900)
    call.preview = True
    through.Create(call)
    assert provider.seen == call


def test_a_failure_arrives_with_what_exists_nevertheless(provider: Provider, through: Any) -> None:
    provider.fails = True
    with pytest.raises(grpc.RpcError) as raised:
        # Of a size that gRPC's implementation in Python refuses by default.
        through.Create(request(RELEASE, timeout=900, manifest="x" * 100_000))
    error: Any = raised.value
    assert (error.code(), error.details()) == (grpc.StatusCode.UNKNOWN, "too slow")
    details = dict(error.trailing_metadata())["grpc-status-details-bin"]
    partial = provider_pb2.ErrorResourceInitFailed()
    assert status_pb2.Status.FromString(details).details[0].Unpack(partial)
    assert (partial.id, list(partial.reasons)) == ("made", ["too slow"])
    assert timeouts(partial.properties) == [900, 900]


def test_the_relay_goes_on_though_nobody_holds_it(through: Any) -> None:
    # gRPC looks once a second for servers that nobody holds, and ends them.
    time.sleep(1.5)
    through.Create(request(OBJECT))


def test_what_the_provider_does_not_know_is_said_by_the_provider(through: Any) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        through.Construct(provider_pb2.ConstructRequest())
    error: Any = raised.value
    assert error.code() == grpc.StatusCode.UNIMPLEMENTED
