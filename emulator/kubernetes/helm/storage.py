"""Release records: Secrets of type `helm.sh/release.v1`, one per revision, as Helm writes them."""

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from emulator.kubernetes.api import Api, ApiError, Object

DEPLOYED, FAILED, SUPERSEDED = "deployed", "failed", "superseded"
PENDING = ("pending-install", "pending-upgrade", "pending-rollback")

_TYPE = "helm.sh/release.v1"


@dataclass(frozen=True)
class Record:
    """One revision of a release. `manifest` holds the objects that it consists of."""

    name: str
    namespace: str
    revision: int
    status: str
    chart: str
    version: str
    app_version: str
    values: Mapping[str, Any]
    manifest: tuple[Object, ...]

    def with_status(self, status: str) -> "Record":
        """The same revision in another status."""
        return replace(self, status=status)


def save(api: Api, record: Record) -> None:
    """Create or replace the revision's Secret."""
    content = {
        "name": record.name,
        "namespace": record.namespace,
        "version": record.revision,
        "info": {"status": record.status},
        "config": dict(record.values),
        "chart": {
            "metadata": {"name": record.chart, "version": record.version, "appVersion": record.app_version},
        },
        "manifest": json.dumps(record.manifest),
    }
    packed = base64.b64encode(gzip.compress(json.dumps(content).encode()))
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": _secret_name(record),
            "namespace": record.namespace,
            "labels": {
                "owner": "helm", "name": record.name, "status": record.status, "version": str(record.revision),
            },
        },
        "type": _TYPE,
        "data": {"release": base64.b64encode(packed).decode()},
    }  # fmt: skip
    api.apply(secret, "helm", force=True)


def history(api: Api, namespace: str, name: str) -> list[Record]:
    """The release's revisions, oldest first."""
    secrets = api.list("v1", "Secret", namespace, labelSelector=f"owner=helm,name={name}")
    return sorted((_record(secret) for secret in secrets), key=lambda record: record.revision)


def forget(api: Api, record: Record) -> None:
    """Delete the revision's Secret; no error when it is gone."""
    try:
        api.request("DELETE", api.path("v1", "Secret", record.namespace, _secret_name(record)))
    except ApiError as error:
        if error.status != 404:
            raise


def _secret_name(record: Record) -> str:
    return f"sh.helm.release.v1.{record.name}.v{record.revision}"


def _record(secret: Object) -> Record:
    packed = base64.b64decode(base64.b64decode(secret["data"]["release"]))
    content = json.loads(gzip.decompress(packed))
    metadata = content["chart"]["metadata"]
    return Record(
        content["name"], content["namespace"], content["version"], content["info"]["status"],
        metadata["name"], metadata["version"], metadata["appVersion"],
        content["config"], tuple(json.loads(content["manifest"])),
    )  # fmt: skip
