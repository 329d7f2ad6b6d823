"""What the API server reaches in the cluster: ready pods at their ports, kubelets, and nothing else."""

import base64
import contextlib
import http.client
import json
import os
import socket
import ssl
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import trustme

from emulator.aws.cluster_services import ClusterServices
from emulator.kubernetes import egress
from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import certificates, cluster_network
from emulator.kubernetes.controllers.context import Context
from emulator.store import CachedStore

HOST = "webhook.system.svc"
NODE = "ip-10-10-0-9.ap-northeast-2.compute.internal"


class Cluster:
    """An API that knows one pod, the Secret that it mounts, and one node."""

    def __init__(self, pod: Object, secret: Object) -> None:
        self.pod, self.secret = pod, secret

    def get(self, _version: str, kind: str, namespace: str, name: str) -> Object | None:
        known = {("Secret", "system", "tls"): self.secret, ("Node", "", NODE): {"metadata": {"name": NODE}}}
        return known.get((kind, namespace, name))

    def list(self, _version: str, kind: str, _namespace: str = "", **query: str) -> list[Object]:
        return [self.pod] if kind == "Pod" and query == {"fieldSelector": "status.podIP=100.64.0.7"} else []


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def pod() -> Object:
    return {
        "metadata": {"name": "webhook-1", "namespace": "system", "labels": {"app": "anything"}},
        "spec": {
            "containers": [{"name": "c", "ports": [{"containerPort": 9443}]}],
            "volumes": [{"name": "v", "secret": {"secretName": "tls"}}],
        },
        "status": {"podIP": "100.64.0.7", "conditions": [{"type": "ContainersReady", "status": "True"}]},
    }


@pytest.fixture
def folder(authority: trustme.CA, pod: Object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cluster's folder, with the proxy's socket in it."""
    made = authority.issue_cert(HOST)
    contents = {"tls.crt": made.cert_chain_pems[0].bytes(), "tls.key": made.private_key_pem.bytes()}
    secret = {"data": {key: base64.b64encode(value).decode() for key, value in contents.items()}}
    own = authority.issue_cert("127.0.0.1")
    own.cert_chain_pems[0].write_to_path(tmp_path / "apiserver.crt")
    own.private_key_pem.write_to_path(tmp_path / "apiserver.key")
    monkeypatch.chdir(tmp_path)
    api: Any = Cluster(pod, secret)
    context = Context("dev", api, ClusterServices(CachedStore(tmp_path / "aws.sqlite")))
    cluster_network.serve(context, tmp_path / "apiserver.crt")
    return tmp_path


@contextlib.contextmanager
def connected(target: str) -> Generator[tuple[socket.socket, str]]:
    """A connection through the proxy, and the proxy's first line."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(egress.SOCKET)
        connection.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        yield connection, connection.recv(4096).decode().splitlines()[0]


def asked(connection: socket.socket, authority: trustme.CA, review: Object) -> Object:
    """What the webhook answers to a review, over TLS that trusts the authority only."""
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_flags = True, tls.verify_flags & ~ssl.VERIFY_X509_STRICT
    authority.configure_trust(tls)
    client = http.client.HTTPSConnection(HOST)
    client.sock = tls.wrap_socket(connection, server_hostname=HOST)
    client.request("POST", "/validate?timeout=10s", json.dumps(review))
    return json.loads(client.getresponse().read())


def test_a_webhook_serves_with_the_certificate_that_its_pod_mounts(folder: Path, authority: trustme.CA) -> None:
    request = {"uid": "1", "kind": {"kind": "Thing"}, "object": {}, "namespace": "x"}
    review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
    with connected("100.64.0.7:9443") as (connection, line):
        assert line == "HTTP/1.1 200 OK"
        answer = asked(connection, authority, review)
    assert answer["response"] == {"uid": "1", "allowed": True}


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("100.64.0.7:8080", "no container of system/webhook-1 declares this port"),
        ("100.64.0.8:9443", "no pod has this address"),
        ("nowhere.compute.internal:10250", "no pod has this address"),
    ],
)
def test_nothing_answers_where_nothing_listens(folder: Path, target: str, why: str) -> None:
    with connected(target) as (_, line):
        assert line.startswith("HTTP/1.1 502")
        assert why in line


def test_an_unready_pod_refuses(folder: Path, pod: Object) -> None:
    pod["status"]["conditions"][0]["status"] = "False"
    with connected("100.64.0.7:9443") as (_, line):
        assert line == "HTTP/1.1 502 connection refused: system/webhook-1 is not ready"


def test_a_kubelet_answers_on_its_node(folder: Path) -> None:
    with connected(f"{NODE}:10250") as (_, line):
        assert line == "HTTP/1.1 200 OK"


def test_only_the_owner_may_use_the_socket(folder: Path) -> None:
    assert os.stat(egress.SOCKET).st_mode & 0o077 == 0


def test_the_api_server_is_told_of_the_socket(tmp_path: Path) -> None:
    selections = json.loads(egress.write_configuration(tmp_path).read_text())["egressSelections"]
    assert {selection["name"] for selection in selections} == {"cluster", "controlplane"}
    for selection in selections:
        assert selection["connection"]["transport"]["uds"]["udsName"] == egress.SOCKET


def test_a_certificate_is_found_by_either_name_of_its_keys(authority: trustme.CA, pod: Object) -> None:
    made = authority.issue_cert(HOST)
    contents = {"cert": made.cert_chain_pems[0].bytes(), "key": made.private_key_pem.bytes()}
    data = {key: base64.b64encode(value).decode() for key, value in contents.items()}
    api: Any = Cluster(pod, {"data": data})
    assert certificates.of_pod(api, pod) is not None
    api = Cluster(pod, {"data": {"password": "eA=="}})
    assert certificates.of_pod(api, pod) is None
