"""Objects of a cluster and operations of a history, as `kubectl` and `pulumi` print them."""

from typing import Any

NEW, OLD = "123.dkr.ecr.eu.amazonaws.com/openmarket-dev/backend-api@sha256:" + "a" * 64, "registry.test/backend-api:1.0"


def deployment(
    name: str = "backend-api", image: str = NEW, wanted: int = 2, ready: int = 2, new: int = 2,
    reason: str = "NewReplicaSetAvailable", fine: bool = True,
) -> dict[str, Any]:  # fmt: skip
    condition = {"type": "Progressing", "status": "True" if fine else "False", "reason": reason}
    return {
        "kind": "Deployment",
        "metadata": {"name": name, "generation": 2},
        "spec": {"replicas": wanted, "template": {"spec": {"containers": [{"name": name, "image": image}]}}},
        "status": {
            "observedGeneration": 2, "replicas": wanted, "updatedReplicas": new, "readyReplicas": ready,
            "conditions": [condition | {"lastUpdateTime": "2026-11-26T05:00:00Z"}],
        },
    }  # fmt: skip


def pod(name: str = "backend-api-1", service: str = "backend-api", **container: Any) -> dict[str, Any]:
    return {
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app.kubernetes.io/name": service}},
        "spec": {"initContainers": [{"name": "wait"}], "containers": [{"name": service}]},
        "status": {"containerStatuses": [{"name": service, "restartCount": 0, **container}]},
    }


def scaler(service: str = "backend-api", least: int = 2, most: int = 20) -> dict[str, Any]:
    return {
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": f"{service}-hpa"},
        "spec": {
            "scaleTargetRef": {"kind": "Deployment", "name": service}, "minReplicas": least, "maxReplicas": most,
        },
    }  # fmt: skip


def operation(
    image: str = NEW, result: str = "succeeded", kind: str = "update", day: int = 1, **environment: str
) -> dict[str, Any]:
    told = {"git.head": f"{day:02}" * 20, "git.dirty": "false", "git.author": "A. Author"}
    return {
        "version": 0, "kind": kind, "result": result, "message": f"Release of day {day}\n\nWhy.",
        "startTime": f"2026-11-{day:02}T05:00:00.000Z", "endTime": f"2026-11-{day:02}T05:01:30.000Z",
        "environment": told | {name.replace("_", "."): value for name, value in environment.items()},
        "resourceChanges": {"same": 3, "update": 1},
        "config": {"openmarket:services": {"objectValue": {"backend-api": {"image": image}}}},
    }  # fmt: skip
