"""A stack with one service of each kind besides its web services."""

from copy import deepcopy
from typing import Any

from tests.components.program import stack_file

SIZE = {"cpu": "100m", "memory": "128Mi"}
WORKER: dict[str, Any] = {
    "kind": "worker",
    "imageOf": "backend-api",
    "command": ["node", "mailer.js"],
    "uses": ["cache"],
    "calls": ["backend-api"],
    "health": {"heartbeat": {"file": "/tmp/alive", "seconds": 30}},  # noqa: S108
    "replicas": 1,
    "maxReplicas": 3,
    "drainSeconds": 60,
    **SIZE,
}
CRON_JOB: dict[str, Any] = {
    "kind": "cronJob",
    "imageOf": "backend-api",
    "arguments": ["cleanup"],
    "schedule": "30 4 * * *",
    "timeZone": "Asia/Seoul",
    "uses": ["database"],
    "internet": False,
    **SIZE,
}
TASK: dict[str, Any] = {"kind": "task", "imageOf": "backend-api", "command": ["node", "reindex.js"], **SIZE}
PROXY: dict[str, Any] = {"image": "registry.example.com/proxy:2", "cpu": "50m", "memory": "64Mi"}
"""A sidecar."""
IMAGE = "registry.example.com/backend:1"


def with_kinds(stack: str = "dev", image: str = IMAGE, **changes: dict[str, Any]) -> dict[str, Any]:
    """The stack's settings with the services `mailer`, `nightly` and `reindex`, whose stanzas may be changed."""
    settings = deepcopy(stack_file(stack))
    services: dict[str, Any] = settings["openmarket:services"]
    services["backend-api"]["image"] = image
    for name, stanza in {"mailer": WORKER, "nightly": CRON_JOB, "reindex": TASK}.items():
        services[name] = deepcopy(stanza) | changes.get(name, {})
    return settings
