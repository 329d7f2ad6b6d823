"""The life of a Kubernetes object that the program declares: created, changed, waited for, deleted."""

from collections.abc import Mapping
from typing import Any

from emulator.kubernetes import drift
from emulator.kubernetes.api import FOREGROUND, Api, ApiError, NoSuchKind, Object, Unreachable
from emulator.kubernetes.awaiting import wait, wait_for
from emulator.kubernetes.awaiting.wait import NotReady
from emulator.kubernetes.ignored import left_to_others
from emulator.kubernetes.settings import Settings
from emulator.plugins.provider import Call, PartialError, Properties, ProviderError, Resource
from emulator.plugins.values import has_unknown

MANAGER = "pulumi-kubernetes"

_DEFAULT_SECONDS = 600.0
_SHORTER_SECONDS = {"Pod": 300.0, "PersistentVolumeClaim": 300.0}
_SKIP_AWAIT, _TIMEOUT = "pulumi.com/skipAwait", "pulumi.com/timeoutSeconds"
_FORCE, _PROPAGATION = "pulumi.com/patchForce", "pulumi.com/deletionPropagationPolicy"


class Objects:
    """Works on objects of one cluster."""

    def __init__(self, api: Api, settings: Settings) -> None:
        self._api = api
        self._settings = settings

    def create(self, inputs: Properties, call: Call) -> tuple[str, Properties]:
        """Create the object and wait until it is ready."""
        body = _body(inputs)
        name = _id(body)
        if call.preview:
            return name, self._preview(body, keep_status=False)
        try:
            existing = self._api.get(body["apiVersion"], body["kind"], *_place(body))
            if existing is not None and not self._settings.upsert:
                kind = f"{body['kind']} {body['metadata']['name']!r}"
                raise ProviderError(
                    f"resource {name} was not successfully created by the Kubernetes API server: {kind} already exists"
                )
            live = self._api.apply(body, MANAGER, self._force(body))
        except (ApiError, NoSuchKind) as error:
            raise ProviderError(
                f"resource {name} was not successfully created by the Kubernetes API server: {error}"
            ) from error
        return name, self._awaited(name, body, live, call)

    def update(self, resource: Resource, inputs: Properties, call: Call) -> Properties:
        """Apply the changed inputs and wait until the object is ready again."""
        body = _body(inputs)
        if call.preview:
            return {**resource.outputs, **self._preview(body, keep_status=True)}
        try:
            if call.ignored:
                body = left_to_others(body, self.live(resource), call.ignored, MANAGER)
            live = self._api.apply(body, MANAGER, self._force(body))
        except ApiError as error:
            hint = _CONFLICT_HINT if error.status == 409 else ""
            raise ProviderError(
                f"update of resource {resource.id} failed because the Kubernetes API server reported: {error}{hint}"
            ) from error
        except NoSuchKind as error:
            raise ProviderError(f"update of resource {resource.id} failed: {error}") from error
        return self._awaited(resource.id, body, live, call)

    def live(self, resource: Resource) -> Object | None:
        """The object as it is now, whatever of it is ours."""
        namespace, _, name = resource.id.rpartition("/")
        return self._api.get(*gvk(resource), namespace, name)

    def read(self, resource: Resource) -> tuple[Properties, Properties] | None:
        """The object as it is now; its inputs differ from the old ones only where somebody changed it."""
        live = self.live(resource)
        if live is None:
            return None
        if not resource.inputs:
            return drift.imported_inputs(live), drift.outputs_of(live)
        body = _body(resource.inputs)
        try:
            expected = self._api.apply(body, MANAGER, force=True, dry_run=True)
        except ApiError:
            # What is there now cannot take the inputs any more: compare with them as they are.
            expected = body
        return drift.current_inputs(body, expected, live), drift.outputs_of(live)

    def delete(self, resource: Resource, call: Call) -> None:
        """Delete the object and wait until it, with its finalizers, is gone."""
        live = self.live(resource)
        if live is None:
            return
        annotations = live["metadata"].get("annotations", {})
        try:
            self._api.delete(live, annotations.get(_PROPAGATION, FOREGROUND).capitalize())
            if annotations.get(_SKIP_AWAIT) != "true":
                wait.until_deleted(self._api, live, _timeout(call, live), call.cancelled)
        except (ApiError, NotReady) as error:
            raise ProviderError(f"resource {resource.id} was not successfully deleted: {error}") from error

    def _awaited(self, name: str, body: Object, live: Object, call: Call) -> Properties:
        annotations = body["metadata"].get("annotations", {})
        if annotations.get(_SKIP_AWAIT) == "true":
            return drift.outputs_of(live)
        try:
            expression = annotations.get(wait_for.ANNOTATION)
            conditions = wait_for.parse(expression) if expression else []
            live = wait.until_ready(self._api, live, _timeout(call, body), conditions, call.report, call.cancelled)
        except NotReady as error:
            outputs = drift.outputs_of(error.live or live)
            raise PartialError(
                f"resource {name} was applied but failed to become ready: {error}", name, outputs, body
            ) from error
        except ValueError as error:
            raise PartialError(str(error), name, drift.outputs_of(live), body) from error
        return drift.outputs_of(live)

    def _preview(self, body: Object, keep_status: bool) -> Properties:
        """What the API server would make of it, if everything needed to ask is there already."""
        if has_unknown(body):
            return body
        try:
            dry = self._api.apply(body, MANAGER, force=True, dry_run=True)
        except (NoSuchKind, Unreachable):
            return body
        except ApiError as error:
            if error.status == 404:
                # Its namespace is still to be created.
                return body
            raise ProviderError(f"Preview failed: {error}") from error
        answer = drift.outputs_of(dry)
        return answer if keep_status else {key: value for key, value in answer.items() if key != "status"}

    def _force(self, body: Object) -> bool:
        annotations = body["metadata"].get("annotations", {})
        return self._settings.patch_force or annotations.get(_FORCE) == "true"


_CONFLICT_HINT = (
    f'\nThe field manager "{MANAGER}" had an apply conflict. Use ignoreChanges for the field, or the annotation '
    f'{_FORCE}: "true" to take it over.'
)


def gvk(resource: Resource) -> tuple[str, str]:
    """apiVersion and kind of a resource, from its inputs or else its type `kubernetes:apps/v1:Deployment`."""
    if resource.inputs.get("apiVersion") and resource.inputs.get("kind"):
        return str(resource.inputs["apiVersion"]), str(resource.inputs["kind"])
    _, api_version, kind = resource.type.split(":")
    return api_version.removeprefix("core/"), kind


def _body(inputs: Properties) -> Object:
    return _without_nulls(inputs)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _place(body: Object) -> tuple[str, str]:
    return body["metadata"].get("namespace", ""), body["metadata"]["name"]


def _id(body: Object) -> str:
    return "/".join(part for part in _place(body) if part)


def _timeout(call: Call, body: Object) -> float:
    annotated = body["metadata"].get("annotations", {}).get(_TIMEOUT)
    return call.timeout or float(annotated or _SHORTER_SECONDS.get(body["kind"], _DEFAULT_SECONDS))
