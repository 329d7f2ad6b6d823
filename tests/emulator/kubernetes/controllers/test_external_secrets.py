"""When ExternalSecrets are synced, and which namespaces may use a store."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emulator.kubernetes.controllers import external_secrets


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
