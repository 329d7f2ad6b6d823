"""ExternalSecrets stay until their operator lets them go, and somebody says so when it has gone itself."""

from typing import Any, cast

import pytest

from emulator.kubernetes.api import Api, Object
from emulator.kubernetes.controllers import external_secrets
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.external_secrets import FINALIZER


class Cluster:
    """An API server with one ExternalSecret, and with the operator's pod or without."""

    def __init__(self, secret: Object, operator: bool) -> None:
        self.secret, self.operator = secret, operator
        self.patches: list[Object] = []
        self.events: list[str] = []

    def list(self, _version: str, kind: str, *_: str, **__: str) -> list[Object]:
        pod = {
            "metadata": {"name": "operator", "namespace": "kube-system"},
            "spec": {"nodeName": "n"},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]},
        }
        return {"ExternalSecret": [self.secret], "Pod": [pod] if self.operator else []}.get(kind, [])

    def get(self, *_: str) -> Object | None:
        return None

    def path(self, *_: str) -> str:
        return ""

    def patch(self, _target: Object, patch: Object, *_: str) -> None:
        self.patches.append(patch)

    def request(self, _method: str, _path: str, body: Object) -> None:
        self.events.append(body["message"])


def reconciled(operator: bool, **metadata: Any) -> Cluster:
    secret = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": "s", "namespace": "ns", "uid": "u", **metadata},
        "spec": {"secretStoreRef": {"name": "nowhere", "kind": "ClusterSecretStore"}},
    }
    cluster = Cluster(secret, operator)
    external_secrets.reconcile(Context("c", cast(Api, cluster), cast(Any, None)))
    return cluster


def test_the_operator_marks_what_it_works_on() -> None:
    assert reconciled(operator=True).patches[0] == {"metadata": {"finalizers": [FINALIZER]}}
    marked = reconciled(operator=True, finalizers=["other", FINALIZER])
    assert not [patch for patch in marked.patches if "metadata" in patch]


def test_the_operator_lets_go_what_is_deleted_and_keeps_others_marks() -> None:
    cluster = reconciled(operator=True, finalizers=["other", FINALIZER], deletionTimestamp="now")
    assert cluster.patches == [{"metadata": {"finalizers": ["other"]}}]


@pytest.mark.parametrize(("metadata", "said"), [({"deletionTimestamp": "now"}, 1), ({}, 0)])
def test_without_the_operator_it_stays_and_an_event_says_why(metadata: dict[str, Any], said: int) -> None:
    cluster = reconciled(operator=False, finalizers=[FINALIZER], **metadata)
    assert cluster.patches == []
    assert len(cluster.events) == said
    assert all("External Secrets Operator does not run" in message for message in cluster.events)
