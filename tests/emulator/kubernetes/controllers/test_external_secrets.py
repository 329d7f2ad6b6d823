"""When ExternalSecrets are synced, and which namespaces may use a store."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from emulator.kubernetes.controllers import external_secrets, secret_values
from emulator.kubernetes.controllers.context import Context, Identity
from emulator.plugins.provider import ProviderError


@pytest.mark.parametrize(
    ("text", "expected"), [("1h", timedelta(hours=1)), ("1h30m", timedelta(minutes=90)), ("0", timedelta())]
)
def test_refresh_interval(text: str, expected: timedelta) -> None:
    assert external_secrets.refresh_interval(text) == expected


def test_external_secret_is_due_when_changed_failed_or_old() -> None:
    now = datetime(2026, 1, 1, 12, tzinfo=UTC)

    def secret(ready: str = "True", generation: int = 1, synced: str = "2026-01-01T11:30:00Z") -> dict[str, Any]:
        conditions = [{"type": "Ready", "status": ready}]
        status = {"conditions": conditions, "refreshTime": synced, "syncedResourceVersion": "1"}
        return {"metadata": {"generation": generation}, "spec": {"refreshInterval": "1h"}, "status": status}

    assert not external_secrets.due(secret(), now)
    assert external_secrets.due(secret(ready="False"), now)
    assert external_secrets.due(secret(generation=2), now)
    assert external_secrets.due(secret(synced="2026-01-01T11:00:00Z"), now)


@pytest.mark.parametrize(
    ("interval", "ready", "expected"),
    [("1h", "True", 1800.0), ("10m", "True", -1200.0), ("0", "True", None), ("1h", "False", None)],
)
def test_a_secret_says_when_it_is_due(interval: str, ready: str, expected: float | None) -> None:
    status = {"conditions": [{"type": "Ready", "status": ready}], "refreshTime": "2026-01-01T11:30:00Z"}
    secret = {"spec": {"refreshInterval": interval}, "status": status}
    assert external_secrets.rest(secret, datetime(2026, 1, 1, 12, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("conditions", "admitted"),
    [
        ([], True),
        ([{"namespaces": ["openmarket-dev"]}], True),
        ([{"namespaces": ["monitoring"]}], False),
        ([{"namespaces": ["monitoring"]}, {"namespaces": ["openmarket-dev"]}], True),
    ],
)
def test_a_store_may_be_for_some_namespaces_only(conditions: list[dict[str, Any]], admitted: bool) -> None:
    store = {"spec": {"provider": {}, "conditions": conditions}}
    assert external_secrets.admits(store, "openmarket-dev") is admitted


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ({"keys": '{"B": "1"}'}, "error processing spec.data[1] (key: keys), err: key A does not exist in secret keys"),
        ({}, "error processing spec.data[0] (key: keys), err: Secret does not exist"),
        ({"keys": "text"}, "error processing spec.data[0] (key: keys), err: unable to unmarshal secret keys"),
    ],
)
def test_a_value_that_is_not_there_is_told_as_the_operator_tells_it(stored: dict[str, str], said: str) -> None:
    def secret_value(_role: str, key: str, _version: str) -> str:
        if key not in stored:
            raise ProviderError("api error ResourceNotFoundException: Secrets Manager can't find the specified secret")
        return stored[key]

    context = cast(Context, SimpleNamespace(aws=SimpleNamespace(secret_value=secret_value)))
    entries = [{"secretKey": each, "remoteRef": {"key": "keys", "property": each}} for each in ("B", "A")]
    identity = Identity("kube-system", "external-secrets", "node", "arn:aws:iam::123456789012:role/operator")
    with pytest.raises(secret_values.Unreadable) as refusal:
        secret_values.read(context, identity, {"data": entries})
    assert str(refusal.value).startswith(said)
