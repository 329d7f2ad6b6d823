"""Metrics Server."""

import json
from typing import Any

from tests.components.program import Deployed

ADDON = "eks/addon:Addon"


def settings(deployed: Deployed, name: str) -> dict[str, Any]:
    return json.loads(deployed.one(ADDON, name).inputs["configurationValues"])


def test_metrics_server(prod: Deployed) -> None:
    values = settings(prod, "addons-metrics-server-addon")
    assert values["replicas"] == 2
    assert values["podDisruptionBudget"] == {"enabled": True, "maxUnavailable": 1}
    assert "serviceAccountRoleArn" not in prod.one(ADDON, "addons-metrics-server-addon").inputs
