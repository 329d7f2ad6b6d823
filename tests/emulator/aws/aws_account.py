"""A simulated account, used as the engine would use it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.aws.account import AwsAccount
from emulator.aws.provider import AwsProvider
from emulator.contract import ControlPlane, NodeGroup
from emulator.plugins.provider import Call, ProviderError, Resource


@dataclass
class RecordingClusters:
    """Clusters (`contract.Clusters`) that remember what they were asked; with a `failure`, it is what they answer."""

    calls: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    failure: Exception | None = None
    issues: list[str] = field(default_factory=list[str])
    """Of every add-on."""

    def start(self, cluster: str, version: str, service_cidr: str) -> ControlPlane:
        self._note("start", cluster, version, service_cidr)
        return ControlPlane("https://127.0.0.1:6443", "Q0E=")

    def stop(self, cluster: str) -> None:
        self._note("stop", cluster)

    def join(self, group: NodeGroup, call: Call) -> None:
        self._note("join", group, call)

    def leave(self, cluster: str, group: str) -> None:
        self._note("leave", cluster, group)

    def install_addon(
        self, cluster: str, addon: str, role_arn: str, configuration: Mapping[str, Any], call: Call
    ) -> None:
        self._note("install", cluster, addon, role_arn, configuration, call)

    def addon_issues(self, cluster: str, addon: str, configuration: Mapping[str, Any]) -> list[str]:
        return self.issues

    def remove_addon(self, cluster: str, addon: str) -> None:
        self._note("remove", cluster, addon)

    def _note(self, *asked: Any) -> None:
        if self.failure:
            raise self.failure
        self.calls.append(asked)


@dataclass
class Account:
    """Creates and deletes as the engine would: check, then the operation."""

    store: AwsAccount
    provider: AwsProvider
    clusters: RecordingClusters
    call: Call = field(default_factory=Call)

    @property
    def calls(self) -> list[tuple[Any, ...]]:
        """What the clusters were asked, in order."""
        return self.clusters.calls

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
