"""A provider whose operations fail as `OPENMARKET_EMULATOR_FAULTS` says."""

from emulator import faults
from emulator.plugins.provider import Call, Diff, Failure, PartialError, Properties, Provider, Resource


class FaultyProvider(Provider):
    """Passes everything on to another provider, except for operations that a fault concerns."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def check_config(self, config: Properties) -> list[Failure]:
        return self._provider.check_config(config)

    def diff_config(self, old: Properties, new: Properties) -> Diff:
        return self._provider.diff_config(old, new)

    def configure(self, config: Properties) -> None:
        self._provider.configure(config)

    def check(self, resource: Resource, inputs: Properties, seed: bytes) -> tuple[Properties, list[Failure]]:
        return self._provider.check(resource, inputs, seed)

    def diff(self, resource: Resource, inputs: Properties) -> Diff:
        return self._provider.diff(resource, inputs)

    def create(self, resource: Resource, inputs: Properties, call: Call) -> tuple[str, Properties]:
        if call.preview:
            return self._provider.create(resource, inputs, call)
        faults.begin("create", resource.urn)
        id_, outputs = self._provider.create(resource, inputs, call)
        _end("create", resource, id_, outputs, inputs)
        return id_, outputs

    def read(self, resource: Resource) -> tuple[Properties, Properties] | None:
        return self._provider.read(resource)

    def imported_id(self, resource: Resource) -> str:
        return self._provider.imported_id(resource)

    def update(self, resource: Resource, inputs: Properties, call: Call) -> Properties:
        if call.preview:
            return self._provider.update(resource, inputs, call)
        faults.begin("update", resource.urn)
        outputs = self._provider.update(resource, inputs, call)
        _end("update", resource, resource.id, outputs, inputs)
        return outputs

    def delete(self, resource: Resource, call: Call) -> None:
        faults.begin("delete", resource.urn)
        self._provider.delete(resource, call)
        faults.end("delete", resource.urn)

    def invoke(self, token: str, arguments: Properties) -> Properties:
        return self._provider.invoke(token, arguments)


def _end(operation: str, resource: Resource, id_: str, outputs: Properties, inputs: Properties) -> None:
    try:
        faults.end(operation, resource.urn)
    except faults.Fault as fault:
        # The real provider knows the object by then: the engine records it as one that is not ready.
        raise PartialError(str(fault), id_, outputs, inputs) from None


def faulty(provider: Provider) -> Provider:
    """Return the provider, with faults if there are any."""
    return FaultyProvider(provider) if faults.active() else provider
