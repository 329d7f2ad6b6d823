"""A simulated account, used as the engine would use it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.aws.provider import AwsProvider
from emulator.plugins.provider import Call, ProviderError, Resource
from emulator.store import Store


@dataclass
class Account:
    """Creates and deletes as the engine would: check, then the operation."""

    store: Store
    provider: AwsProvider
    calls: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    call: Call = field(default_factory=Call)

    def create(self, type_: str, name: str = "it", /, **inputs: Any) -> Mapping[str, Any]:
        """Create and answer the outputs with the id in them."""
        resource = Resource(f"urn:pulumi:dev::test::{type_}::{name}", type_, name)
        checked, failures = self.provider.check(resource, inputs, b"seed")
        if failures:
            raise ProviderError("; ".join(failure.reason for failure in failures))
        id_, outputs = self.provider.create(resource, checked, self.call)
        return {**outputs, "id": id_}

    def resource(self, type_: str, id_: str) -> Resource:
        """The resource as the engine knows it after its creation."""
        stored = self.store.get(type_, id_)
        assert stored is not None
        return Resource(stored.urn, type_, stored.urn.rpartition("::")[2], id_, stored.inputs, stored.outputs)

    def delete(self, type_: str, id_: str) -> None:
        self.provider.delete(self.resource(type_, id_), Call())

    def update(self, type_: str, id_: str, **changes: Any) -> Mapping[str, Any]:
        resource = self.resource(type_, id_)
        return self.provider.update(resource, {**resource.inputs, **changes}, Call())
