"""What EKS answers the API server."""

import http.client
import json
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from emulator.contract import AccessPolicy, ClusterUser
from emulator.kubernetes import access, egress
from emulator.kubernetes.controllers import cluster_network
from emulator.kubernetes.controllers.context import Context

PRINCIPAL = "arn:aws:iam::123456789012:role/viewer"
SESSION = "arn:aws:sts::123456789012:assumed-role/viewer/ann"
PODS = {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list", "watch"]}


class Aws:
    """Lets one token in, whose principal has some policies."""

    def __init__(self, *policies: AccessPolicy) -> None:
        self.policies = policies

    def authenticate(self, cluster: str, token: str) -> ClusterUser | None:
        user = ClusterUser("ann", "uid", ("shop:watchers",), PRINCIPAL, SESSION)
        return user if (cluster, token) == ("dev", "good") else None

    def access_policies(self, cluster: str, principal: str) -> Sequence[AccessPolicy]:
        return self.policies if (cluster, principal) == ("dev", PRINCIPAL) else ()


def rules(role: str) -> list[access.Rule]:
    return [PODS] if role == "system:aggregate-to-view" else []


def may(policies: Sequence[AccessPolicy], verb: str, resource: str, namespace: str = "shop", **more: str) -> bool:
    attributes = {"verb": verb, "resource": resource, "namespace": namespace, "group": "", **more}
    return asks(policies, {"resourceAttributes": attributes})


def asks(policies: Sequence[AccessPolicy], spec: dict[str, Any], principal: str = PRINCIPAL) -> bool:
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {**spec, "extra": {"canonicalarn": [principal]}},
    }
    aws: Any = Aws(*policies)
    return bool(access.authorize(aws, "dev", rules, review)["status"]["allowed"])


VIEW = AccessPolicy("AmazonEKSViewPolicy")


def test_a_viewer_reads_and_does_not_delete() -> None:
    assert may([VIEW], "list", "pods")
    assert may([VIEW], "get", "pods", subresource="log")
    assert not may([VIEW], "delete", "pods")
    assert not may([VIEW], "get", "pods", subresource="exec")
    assert not may([VIEW], "get", "secrets")
    assert not may([], "list", "pods")
    assert not asks([VIEW], {"resourceAttributes": {"verb": "list", "resource": "pods"}}, principal="arn:other")


def test_a_policy_for_namespaces_is_for_no_other_and_not_for_the_cluster() -> None:
    policy = AccessPolicy("AmazonEKSViewPolicy", ("shop-*", "web"))
    assert may([policy], "list", "pods", "shop-1")
    assert may([policy], "list", "pods", "web")
    assert not may([policy], "list", "pods", "other")
    assert not may([policy], "list", "pods", "")


def test_an_administrator_may_do_everything() -> None:
    policy = AccessPolicy("AmazonEKSClusterAdminPolicy")
    assert may([policy], "delete", "nodes", "", group="anything")
    assert asks([policy], {"nonResourceAttributes": {"path": "/metrics", "verb": "get"}})
    assert not asks([VIEW], {"nonResourceAttributes": {"path": "/metrics", "verb": "get"}})


def test_who_views_as_an_administrator_sees_everything_and_changes_nothing() -> None:
    policy = AccessPolicy("AmazonEKSAdminViewPolicy")
    assert may([policy], "get", "secrets")
    assert may([policy], "list", "externalsecrets", group="external-secrets.io")
    assert not may([policy], "patch", "secrets")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    import trustme

    own = trustme.CA().issue_cert("127.0.0.1")
    own.cert_chain_pems[0].write_to_path(tmp_path / "apiserver.crt")
    own.private_key_pem.write_to_path(tmp_path / "apiserver.key")
    monkeypatch.chdir(tmp_path)
    aws: Any = Aws(VIEW)
    api: Any = None
    cluster_network.serve(Context("dev", api, aws), tmp_path / "apiserver.crt")
    return tmp_path


def ask(url: str, review: dict[str, Any]) -> dict[str, Any]:
    """Ask as the API server does: through the proxy, to the server that its configuration names."""
    host, _, path = url.removeprefix("http://").partition("/")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(egress.SOCKET)
        connection.sendall(f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        client = http.client.HTTPConnection(host)
        client.sock = connection
        client.request("POST", f"/{path}?timeout=30s", json.dumps(review))
        return json.loads(client.getresponse().read())


def test_the_api_server_asks_through_the_proxy(folder: Path) -> None:
    configuration = json.loads(egress.write_access_configuration(folder, access.AUTHENTICATE).read_text())
    url = configuration["clusters"][0]["cluster"]["server"]
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": "good"}}
    status = ask(url, review)["status"]
    assert status["authenticated"]
    assert status["user"]["username"] == "ann"
    assert status["user"]["groups"] == ["shop:watchers"]
    assert status["user"]["extra"]["canonicalArn"] == [PRINCIPAL]
    assert ask(url, {**review, "spec": {"token": "bad"}})["status"] == {"authenticated": False}
