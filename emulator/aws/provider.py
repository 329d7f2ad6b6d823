"""The `aws` provider: the catalogue behind Pulumi's create, read, update and delete."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from emulator import clock
from emulator.aws import actions, callers, deferred, functions, oracle
from emulator.aws.account import AwsAccount
from emulator.aws.assumed_roles import assumed
from emulator.aws.catalogue import lookup
from emulator.aws.diffs import diff, with_generated_name
from emulator.aws.identity import Identity
from emulator.aws.references import check_deletable, check_references, check_unique, owned
from emulator.aws.resource_type import Context, Outputs, ResourceType
from emulator.plugins.provider import (
    Call,
    Diff,
    Failure,
    PartialError,
    Properties,
    Provider,
    ProviderError,
    Resource,
)
from emulator.plugins.values import UNKNOWN
from emulator.store import ACTIVE, PENDING_DELETION, StoredObject

_CONFIGURATION = {
    "region", "defaultTags", "allowedAccountIds", "forbiddenAccountIds", "assumeRoles", "version", "pluginDownloadURL",
}  # fmt: skip
_PAUSE_SECONDS = 0.5
_SDK_DEFAULTS = {"skipCredentialsValidation": False, "skipRegionValidation": True, "skipMetadataApiCheck": True}
"""Properties that the SDK sets on explicit providers by itself; nothing here depends on them."""


class AwsProvider(Provider):
    """Manages the objects of an account by the catalogue's rules."""

    def __init__(self, account: AwsAccount) -> None:
        self._account = account
        self._identity = Identity()
        self._default_tags: Mapping[str, Any] = {}

    def check_config(self, config: Properties) -> list[Failure]:
        return [
            Failure(
                key, f"The emulator's aws provider does not know {key}; it knows {', '.join(sorted(_CONFIGURATION))}"
            )
            for key, value in config.items()
            if key not in _CONFIGURATION and value != _SDK_DEFAULTS.get(key)
        ]

    def diff_config(self, old: Properties, new: Properties) -> Diff:
        return Diff({key: "update" for key in sorted({*old, *new}) if old.get(key) != new.get(key)})

    def configure(self, config: Properties) -> None:
        self._identity = assumed(self._account, {key: value for key, value in config.items() if value != UNKNOWN})
        tags = (config.get("defaultTags") or {}) if config.get("defaultTags") != UNKNOWN else {}
        self._default_tags = tags.get("tags") or {}

    def check(self, resource: Resource, inputs: Properties, seed: bytes) -> tuple[Properties, list[Failure]]:
        type_ = lookup(resource.type)
        return checked(type_, resource, inputs, seed, self._default_tags, self._identity)

    def diff(self, resource: Resource, inputs: Properties) -> Diff:
        type_ = lookup(resource.type)
        # The real provider compares with what it read, and reads the old value of a change that waits for its window.
        read = {name: resource.outputs[name] for name in (*type_.deferred, *type_.kept) if name in resource.outputs}
        known = {name: value for name, value in read.items() if name in resource.inputs or name in type_.kept}
        left_out = {name: value for name, value in known.items() if name in type_.kept and inputs.get(name) is None}
        return diff(type_, {**resource.inputs, **known}, {**_without_ignored(type_, resource, inputs), **left_out})

    def create(self, resource: Resource, inputs: Properties, call: Call) -> tuple[str, Properties]:
        type_ = lookup(resource.type)
        if call.preview:
            return "", dict(type_.defaults) | dict(inputs)
        now, seed = time.time(), secrets.token_hex()
        context = Context(self._identity, resource.name, inputs, seed, _timestamp(now), find=self._find)
        id_ = type_.id(context)
        made = outputs(type_, replace(context, id=id_, seed=id_))
        self._permit(actions.CREATE, resource.type, made)
        stored = StoredObject(resource.type, id_, resource.urn, ACTIVE, now, inputs, made)
        with self._account.transaction() as transaction:
            check_unique(transaction, type_, stored)
            check_references(transaction, type_, stored)
            type_.requires(transaction, stored)
            transaction.put(stored)
        try:
            return id_, self._put(stored, type_.created(self._account, stored, call))
        except PartialError:
            raise
        except BaseException:
            self._remove(stored)
            raise

    def read(self, resource: Resource) -> tuple[Properties, Properties] | None:
        lookup(resource.type)
        stored = self._account.get(resource.type, resource.id)
        self._permit(actions.READ, resource.type, stored.outputs if stored else {})
        if stored is None or stored.status != ACTIVE:
            return None
        return stored.inputs, stored.outputs

    def imported_id(self, resource: Resource) -> str:
        imported_by = lookup(resource.type).imported_by
        # The provider imports from another region than its own what names that region behind an @.
        id_ = resource.id.partition("@")[0] if "@" in resource.id and "region" in resource.inputs else resource.id
        named = [each.id for each in self._account.find(resource.type) if imported_by and imported_by(each) == id_]
        return named[0] if named else id_

    def update(self, resource: Resource, inputs: Properties, call: Call) -> Properties:
        type_ = lookup(resource.type)
        if call.preview:
            return _planned(type_, resource, inputs)
        old = self._account.get(resource.type, resource.id)
        if old is None or old.status != ACTIVE:
            raise ProviderError(f"{resource.type} {resource.id} no longer exists; run `pulumi refresh`")
        self._permit(actions.UPDATE, resource.type, old.outputs)
        inputs = _without_ignored(type_, resource, inputs)
        used, waits = deferred.modified(deferred.pending(self._account, old), type_, old, resource, inputs)
        new = changed(self._identity, type_, old, used, waits.wanted, self._find)
        with self._account.transaction() as transaction:
            check_references(transaction, type_, new)
            type_.requires(transaction, new)
        # What a provider sends to AWS depends on what the engine remembers, which may be older than AWS.
        read = {name: resource.outputs[name] for name in type_.kept if name in resource.outputs}
        remembered = replace(old, inputs={**resource.inputs, **read})
        made = self._put(new, type_.updated(self._account, remembered, new, call))
        with self._account.transaction() as transaction:
            deferred.record(transaction, new, waits)
        return made

    def delete(self, resource: Resource, call: Call) -> None:
        type_ = lookup(resource.type)
        self._permit(actions.DELETE, resource.type, resource.outputs)
        give_up = clock.deadline(type_.patience)
        while True:
            try:
                stored = self._deletable(type_, resource)
                break
            except ProviderError:
                if clock.passed(give_up) or call.cancelled():
                    raise
                time.sleep(_PAUSE_SECONDS)
        if stored is None:
            return
        type_.deleted(self._account, stored)
        self._remove(stored, keep=type_.keeps(stored))

    def _deletable(self, type_: ResourceType, resource: Resource) -> StoredObject | None:
        with self._account.transaction() as transaction:
            stored = transaction.get(resource.type, resource.id)
            if stored is None or stored.status != ACTIVE:
                return None
            type_.refuses_delete(transaction, stored)
            check_deletable(transaction, stored)
            return stored

    def invoke(self, token: str, arguments: Properties) -> Properties:
        callers.check(self._account, self._identity, actions.FUNCTIONS.get(token, ""))
        return functions.invoke(self._identity, token, arguments, self._account)

    def _permit(self, operation: str, token: str, outputs: Outputs) -> None:
        """Refuse what the caller's own policies do not allow."""
        action = actions.action(token, operation)
        callers.check(self._account, self._identity, action, callers.resource_of(outputs))

    def _find(self, type_: str, id_: str) -> Outputs:
        stored = self._account.get(type_, id_)
        return stored.outputs if stored else {}

    def _put(self, stored: StoredObject, more: Outputs | None) -> Outputs:
        complete = replace(stored, outputs=dict(stored.outputs) | dict(more or {}))
        with self._account.transaction() as transaction:
            transaction.put(complete)
        return complete.outputs

    def _remove(self, stored: StoredObject, *, keep: bool = False) -> None:
        with self._account.transaction() as transaction:
            for part in owned(transaction, stored):
                transaction.remove(part.type, part.id)
            transaction.remove(stored.type, stored.id)
            if keep:
                transaction.put(replace(stored, status=PENDING_DELETION))


def checked(
    type_: ResourceType,
    resource: Resource,
    inputs: Properties,
    seed: bytes,
    default_tags: Mapping[str, Any],
    identity_: Identity,
) -> tuple[Properties, list[Failure]]:
    """Inputs with name, region and default tags filled in, and what AWS's schema finds wrong with them."""
    filled = with_generated_name(type_, resource.name, inputs, resource.inputs, seed)
    if type_.regional:
        filled.setdefault("region", identity_.region)
    tags = filled.get("tags", {})
    if type_.taggable and tags != UNKNOWN and (default_tags or tags):
        filled["tagsAll"] = {**default_tags, **tags}
    return filled, oracle.failures(type_, filled)


def changed(
    identity_: Identity,
    type_: ResourceType,
    old: StoredObject,
    inputs: Properties,
    waiting: Properties,
    find: Callable[[str, str], Outputs],
) -> StoredObject:
    """The object with these inputs in use, and with what waits for its window where the provider answers that."""
    name = old.urn.rpartition("::")[2]
    context = Context(identity_, name, inputs, old.id, _timestamp(old.created), old.id, old.outputs, find)
    kept = {key: value for key, value in old.outputs.items() if key not in old.inputs}
    answered = {name: value for name, value in waiting.items() if name in type_.answered_as_wanted}
    made = kept | dict(outputs(type_, context)) | answered
    return replace(old, inputs={**inputs, **answered}, outputs=made)


def _without_ignored(type_: ResourceType, resource: Resource, inputs: Properties) -> dict[str, Any]:
    """The inputs, with what was read last where the program ignores changes and the provider compares with that."""
    ignored = [name for name in type_.deferred if name in resource.ignored and name in resource.outputs]
    return {**inputs, **{name: resource.outputs[name] for name in ignored}}


def outputs(type_: ResourceType, context: Context) -> Outputs:
    """Everything the provider answers: what AWS fills in, the inputs, and what is computed."""
    inputs = {key: value for key, value in context.inputs.items() if not key.startswith("__")}
    return dict(type_.defaults) | inputs | dict(type_.outputs(context))


def _planned(type_: ResourceType, resource: Resource, inputs: Properties) -> Properties:
    visible = {key: value for key, value in inputs.items() if not key.startswith("__")}
    planned = {key: value for key, value in resource.outputs.items() if key not in resource.inputs or key in visible}
    for key, value in visible.items():
        old = planned.get(key)
        # Computed parts of a nested object, like a cluster's own security group, outlast the update.
        planned[key] = {**old, **value} if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return planned | {key: UNKNOWN for key in type_.volatile if key not in visible}


def _timestamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
