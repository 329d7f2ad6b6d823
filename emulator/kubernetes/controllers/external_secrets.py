"""Stands in for the External Secrets Operator: creates Secrets with values from Secrets Manager."""

import base64
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import finalizers, secret_values
from emulator.kubernetes.controllers.context import Context, Identity
from emulator.kubernetes.controllers.secret_values import Unreadable
from emulator.kubernetes.readiness import condition

LABELS = "app.kubernetes.io/name=external-secrets"

VERSION = "external-secrets.io/v1"
FINALIZER = "externalsecrets.external-secrets.io/externalsecret-cleanup"
_MANAGER = "externalsecrets.external-secrets.io"
_MANAGED = "reconcile.external-secrets.io/managed"
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_UNITS = {"h": "hours", "m": "minutes", "s": "seconds"}


def reconcile(context: Context) -> float | None:
    """Validate the stores, then sync the secrets that are due; return the seconds until the next one is due."""
    stores = [
        *context.api.list(VERSION, "ClusterSecretStore"),
        *context.api.list(VERSION, "SecretStore"),
    ]
    secrets = context.api.list(VERSION, "ExternalSecret")
    if not stores and not secrets:
        return None
    operator = context.running(LABELS)
    if operator is None:
        finalizers.report_orphans(context, secrets, FINALIZER, "External Secrets Operator")
        return None
    for store in stores:
        problem = _store_problem(context, store, operator)
        reason, message = ("InvalidProviderConfig", problem) if problem else ("Valid", "store validated")
        if condition(store, "Ready").get("message") != message:
            context.log(LABELS, store, message, "error" if problem else "info")
        _set_ready(context, store, not problem, reason, message, {"capabilities": "ReadWrite"})
    for secret in secrets:
        if secret["metadata"].get("deletionTimestamp"):
            # The garbage collector deletes the Secret, which the ExternalSecret owns.
            if finalizers.has(secret, FINALIZER):
                finalizers.remove(context, secret, FINALIZER)
        elif due(secret, datetime.now(UTC)):
            finalizers.add(context, secret, FINALIZER)
            _sync(context, secret, operator)
    waits = (rest(each, datetime.now(UTC)) for each in context.api.list(VERSION, "ExternalSecret"))
    return min((wait for wait in waits if wait is not None), default=None)


def due(secret: Object, now: datetime) -> bool:
    """Return whether an ExternalSecret has to be synced: it is new, it changed, it failed, or its interval is over."""
    if condition(secret, "Ready").get("status") != "True":
        return True
    if secret["status"].get("syncedResourceVersion") != str(secret["metadata"].get("generation")):
        return True
    wait = rest(secret, now)
    return wait is not None and wait <= 0


def rest(secret: Object, now: datetime) -> float | None:
    """Return the seconds until a synced ExternalSecret is synced again.

    It is None if that is never, or if a sync failed, which is repeated when something has changed.
    """
    interval = refresh_interval(secret["spec"].get("refreshInterval", "1h"))
    if not interval or condition(secret, "Ready").get("status") != "True":
        return None
    synced = datetime.strptime(secret["status"]["refreshTime"], _TIME).replace(tzinfo=UTC)
    return (synced + interval - now).total_seconds()


def refresh_interval(text: str) -> timedelta:
    """Parse a Go duration such as `1h30m`; zero means that the secret is synced only once."""
    return sum(
        (timedelta(**{_UNITS[unit]: float(number)}) for number, unit in re.findall(r"([\d.]+)([hms])", text)),
        timedelta(),
    )


def _store_problem(context: Context, store: Object, operator: Identity) -> str:
    provider = store["spec"].get("provider", {}).get("aws")
    if not provider or provider.get("service") != "SecretsManager":
        return "the emulator only has stores with provider.aws.service SecretsManager"
    return context.denied(_identity(context, store, operator), [])


def _identity(context: Context, store: Object, operator: Identity) -> Identity:
    """Return the identity of the service account that the store names, or else the operator's own."""
    reference = store["spec"]["provider"]["aws"].get("auth", {}).get("jwt", {}).get("serviceAccountRef")
    if not reference:
        return operator
    namespace = reference.get("namespace") or store["metadata"].get("namespace", operator.namespace)
    account = context.api.get("v1", "ServiceAccount", namespace, reference["name"]) or {"metadata": {}}
    role = account["metadata"].get("annotations", {}).get("eks.amazonaws.com/role-arn", "")
    return Identity(namespace, reference["name"], operator.node, role)


def _sync(context: Context, secret: Object, operator: Identity) -> None:
    reference = secret["spec"].get("secretStoreRef", {})
    kind = reference.get("kind", "SecretStore")
    namespace = secret["metadata"]["namespace"] if kind == "SecretStore" else ""
    store = context.api.get(VERSION, kind, namespace, reference.get("name", ""))
    try:
        if store is None:
            raise Unreadable(f"could not get {kind} {reference.get('name')!r}, no such store")
        if not admits(store, secret["metadata"]["namespace"]):
            raise Unreadable(
                f'using cluster store "{reference["name"]}" is not allowed from namespace '
                f'"{secret["metadata"]["namespace"]}": denied by spec.condition'
            )
        if condition(store, "Ready").get("status") != "True":
            raise Unreadable(f"{kind} {reference['name']!r} is not ready")
        values = secret_values.read(context, _identity(context, store, operator), secret["spec"])
    except Unreadable as error:
        _set_ready(context, secret, False, "SecretSyncedError", str(error), {})
        context.event(secret, "Warning", "UpdateFailed", str(error), controller=LABELS, component="external-secrets")
        return
    target = _target(secret, values)
    context.api.apply(target, _MANAGER, force=True)
    _delete_others(context, secret, target["metadata"]["name"])
    generation = str(secret["metadata"].get("generation"))
    synced: dict[str, Any] = {"refreshTime": datetime.now(UTC).strftime(_TIME), "syncedResourceVersion": generation}
    synced["binding"] = {"name": target["metadata"]["name"]}
    keys = ", ".join(sorted(values))
    context.log(LABELS, secret, f"reconciled secret {target['metadata']['name']} with keys {keys}")
    _set_ready(context, secret, True, "SecretSynced", "secret synced", synced)


def _delete_others(context: Context, secret: Object, name: str) -> None:
    """Delete the Secrets that the ExternalSecret owns under earlier names of its target."""
    for other in context.api.list("v1", "Secret", secret["metadata"]["namespace"], labelSelector=f"{_MANAGED}=true"):
        owners = [owner["uid"] for owner in other["metadata"].get("ownerReferences", [])]
        if secret["metadata"]["uid"] in owners and other["metadata"]["name"] != name:
            context.api.delete(other)


def admits(store: Object, namespace: str) -> bool:
    """Return whether the store's conditions allow the namespace; without conditions all are. Selectors are ignored."""
    conditions = store["spec"].get("conditions") or []
    return not conditions or any(namespace in each.get("namespaces", []) for each in conditions)


def _target(secret: Object, values: Mapping[str, str]) -> Object:
    metadata, target = secret["metadata"], secret["spec"].get("target", {})
    owner = {
        "apiVersion": secret["apiVersion"],
        "kind": secret["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
    }
    owners = [{**owner, "controller": True, "blockOwnerDeletion": True}]
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": target.get("name") or metadata["name"],
            "namespace": metadata["namespace"],
            "labels": {_MANAGED: "true"},
            **({"ownerReferences": owners} if target.get("creationPolicy", "Owner") == "Owner" else {}),
        },
        "type": "Opaque",
        "data": {key: base64.b64encode(value.encode()).decode() for key, value in values.items()},
        **({"immutable": True} if target.get("immutable") else {}),
    }


def _set_ready(
    context: Context, target: Object, ready: bool, reason: str, message: str, more: Mapping[str, Any]
) -> None:
    known, status = condition(target, "Ready"), str(ready)
    if (known.get("status"), known.get("reason"), known.get("message")) == (status, reason, message) and not more.get(
        "refreshTime"
    ):
        return
    entry = {
        "type": "Ready",
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": datetime.now(UTC).strftime(_TIME),
    }
    context.api.patch(target, {"status": {**more, "conditions": [entry]}}, "status")
