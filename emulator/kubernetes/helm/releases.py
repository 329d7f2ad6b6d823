"""The life of a release: installed, upgraded, rolled back, uninstalled."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from emulator.kubernetes import charts
from emulator.kubernetes.api import Api, ApiError, NoSuchKind, Object
from emulator.kubernetes.awaiting import readiness, wait
from emulator.kubernetes.awaiting.wait import NotReady
from emulator.kubernetes.charts.chart import Chart
from emulator.kubernetes.helm import rendering, storage
from emulator.kubernetes.helm.release_inputs import DEFAULT_SECONDS
from emulator.kubernetes.helm.storage import DEPLOYED, FAILED, PENDING, SUPERSEDED, Record
from emulator.plugins.provider import Call, PartialError, Properties, ProviderError, Resource

_MANAGER = "helm"
_DEFINITION = "CustomResourceDefinition"


class ReleaseError(Exception):
    """Installing or upgrading went wrong; the message is Helm's."""


class Releases:
    """Works on the releases of one cluster."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def create(self, inputs: Properties, call: Call) -> tuple[str, Properties]:
        """Install the chart."""
        name, namespace = str(inputs["name"]), str(inputs["namespace"])
        id_ = f"{namespace}/{name}"
        if call.preview:
            return id_, inputs
        if storage.history(self._api, namespace, name):
            raise ProviderError(f"release {id_}: cannot re-use a name that is still in use")
        if inputs.get("createNamespace"):
            body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}
            self._api.apply(body, _MANAGER, force=True)
        record = rendering.record(self._api, inputs, 1, PENDING[0])
        storage.save(self._api, record)
        try:
            self._install(inputs, record, (), call)
        except (ReleaseError, NotReady, ApiError, NoSuchKind) as error:
            if inputs.get("atomic"):
                self._uninstall(record, _timeout(inputs), call)
                reason = f"release {name} failed, and has been uninstalled due to atomic being set: {error}"
                raise ProviderError(reason) from error
            failed = record.with_status(FAILED)
            storage.save(self._api, failed)
            raise PartialError(
                f"release {id_} failed: {error}", id_, rendering.outputs(inputs, failed), inputs
            ) from error
        deployed = record.with_status(DEPLOYED)
        storage.save(self._api, deployed)
        return id_, rendering.outputs(inputs, deployed)

    def update(self, resource: Resource, inputs: Properties, call: Call) -> Properties:
        """Upgrade to the changed chart version or values."""
        if call.preview:
            return {**resource.outputs, **inputs}
        namespace, _, name = resource.id.rpartition("/")
        history = storage.history(self._api, namespace, name)
        if not history:
            raise ProviderError(f'release {resource.id}: "{name}" has no deployed releases')
        last = history[-1]
        if last.status in PENDING:
            raise ProviderError(
                f"release {resource.id}: another operation (install/upgrade/rollback) is in progress: revision "
                f"{last.revision} is {last.status}"
            )
        record = rendering.record(self._api, inputs, last.revision + 1, PENDING[1])
        storage.save(self._api, record)
        try:
            self._install(inputs, record, last.manifest, call)
        except (ReleaseError, NotReady, ApiError, NoSuchKind) as error:
            storage.save(self._api, record.with_status(FAILED))
            if inputs.get("atomic"):
                self._roll_back(last, record)
                reason = f"release {name} failed, and has been rolled back due to atomic being set: {error}"
                raise ProviderError(reason) from error
            outputs = rendering.outputs(inputs, record.with_status(FAILED))
            raise PartialError(f"release {resource.id} failed: {error}", resource.id, outputs, inputs) from error
        storage.save(self._api, last.with_status(SUPERSEDED))
        deployed = record.with_status(DEPLOYED)
        storage.save(self._api, deployed)
        return rendering.outputs(inputs, deployed)

    def read(self, resource: Resource) -> tuple[Properties, Properties] | None:
        """The release as Helm knows it."""
        namespace, _, name = resource.id.rpartition("/")
        history = storage.history(self._api, namespace, name)
        if not history:
            return None
        last = history[-1]
        known = dict(resource.inputs) or {"name": name, "namespace": namespace, "values": dict(last.values)}
        inputs = {"chart": last.chart, **known}
        if str(known.get("version", "")).removeprefix("v") != last.version:
            inputs["version"] = last.version
        return inputs, rendering.outputs(inputs, last)

    def delete(self, resource: Resource, call: Call) -> None:
        """Uninstall the release and wait until its objects are gone. CRDs of the `crds/` folder stay."""
        namespace, _, name = resource.id.rpartition("/")
        history = storage.history(self._api, namespace, name)
        if history:
            try:
                self._uninstall(history[-1], _timeout(resource.inputs), call)
            except NotReady as error:
                raise ProviderError(f"release {resource.id} was not uninstalled: {error}") from error

    def _install(self, inputs: Properties, record: Record, previous: Sequence[Object], call: Call) -> None:
        chart = charts.lookup(record.chart, record.version)
        if not inputs.get("skipCrds") and not previous:
            self._install_crds(chart)
        known = {rendering.key(target) for target in previous}
        ordered = sorted(record.manifest, key=lambda target: target["kind"] != _DEFINITION)
        for target in ordered:
            self._refuse_foreign(target, known)
            live = self._api.apply(target, _MANAGER, force=True)
            if target["kind"] == _DEFINITION:
                wait.until_ready(self._api, live, 60)
        wanted = {rendering.key(target) for target in record.manifest}
        for target in previous:
            if rendering.key(target) not in wanted:
                self._api.delete(target, "Background")
        if not inputs.get("skipAwait") or inputs.get("atomic"):
            for target in ordered:
                if readiness.has_rule(target):
                    call.report(f"waiting for {wait.describe(target)}")
                    wait.until_ready(self._api, target, _timeout(inputs), (), call.report, call.cancelled)

    def _install_crds(self, chart: Chart) -> None:
        for definition in chart.crds:
            live = self._api.apply(definition, _MANAGER, force=True)
            wait.until_ready(self._api, live, 60)

    def _refuse_foreign(self, target: Object, known: set[tuple[str, str, str]]) -> None:
        metadata = target["metadata"]
        live = self._api.get(target["apiVersion"], target["kind"], metadata.get("namespace", ""), metadata["name"])
        owner = (live or {}).get("metadata", {}).get("annotations", {}).get(rendering.NAME_MARK)
        if (
            live is not None
            and rendering.key(target) not in known
            and owner != metadata["annotations"][rendering.NAME_MARK]
        ):
            raise ReleaseError(
                f"Unable to continue with install: {wait.describe(target)} exists and cannot be imported into the "
                f"current release: it belongs to {'release ' + owner if owner else 'no release'}"
            )

    def _roll_back(self, last: Record, failed: Record) -> None:
        kept = {rendering.key(target) for target in last.manifest}
        for target in failed.manifest:
            if rendering.key(target) not in kept:
                self._api.delete(target, "Background")
        for target in last.manifest:
            self._api.apply(target, _MANAGER, force=True)
        storage.save(self._api, last.with_status(SUPERSEDED))
        storage.save(self._api, replace(last, revision=failed.revision + 1, status=DEPLOYED))

    def _uninstall(self, record: Record, timeout: float, call: Call) -> None:
        for target in reversed(record.manifest):
            metadata = target["metadata"]
            live = self._api.get(target["apiVersion"], target["kind"], metadata.get("namespace", ""), metadata["name"])
            if live is not None:
                self._api.delete(live, "Background")
                wait.until_deleted(self._api, live, timeout, call.cancelled)
        for revision in storage.history(self._api, record.namespace, record.name):
            storage.forget(self._api, revision)


def _timeout(inputs: Mapping[str, Any]) -> float:
    return float(inputs.get("timeout") or DEFAULT_SECONDS)
