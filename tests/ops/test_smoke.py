"""The smoke test asks for every public host, and says what is wrong with an answer."""

import datetime
import ipaddress
import os
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from typer.testing import CliRunner

from emulator.kubernetes.controllers import listener, load_balancer_model
from emulator.kubernetes.controllers.context import Context
from ops.__main__ import app
from ops.smoke import Answer, Request, Where, attempt, line, requests

PREFIX = "alb.ingress.kubernetes.io"
CONFIG: dict[str, Any] = {
    "openmarket:domain": "example.com",
    "openmarket:ingress": {"allowedCidrs": {"admin": ["203.0.113.0/24"]}},
    "openmarket:services": {
        "web": {"hosts": ["@", "admin"], "health": {"readiness": "/"}},
        "api": {"hosts": ["api"], "health": {"readiness": "/ready"}},
        "worker": {"hosts": [], "health": {"readiness": "/"}},
    },
}


class Cluster:
    """The objects of a cluster that the listener asks for."""

    def __init__(self, tls: bool) -> None:
        self.ready = True
        ports = '[{"HTTP": 80}, {"HTTPS": 443}]' if tls else '[{"HTTP": 80}]'
        annotations = {f"{PREFIX}/listen-ports": ports, f"{PREFIX}/certificate-arn": "arn"}
        if tls:
            annotations[f"{PREFIX}/ssl-redirect"] = "443"
        backend = {"service": {"name": "web", "port": {"number": 3000}}}
        self.ingress = {
            "metadata": {"name": "shop", "namespace": "shop", "uid": "u", "annotations": annotations},
            "spec": {"rules": [{"host": "example.com", "http": {"paths": [{"backend": backend}]}}]},
            "status": {"loadBalancer": {"ingress": [{"hostname": "alb.test"}]}},
        }

    def listeners(self, _name: str) -> dict[str, Any]:
        """The load balancer's, as AWS has them."""
        return load_balancer_model.served(self.ingress, {})

    def list(self, _version: str, kind: str, _namespace: str = "", labelSelector: str = "") -> list[dict[str, Any]]:
        if kind == "Ingress":
            return [self.ingress]
        assert labelSelector == "kubernetes.io/service-name=web"
        return [{"endpoints": [{"conditions": {"ready": self.ready}}]}]


def self_signed(folder: Path) -> Path:
    """A certificate for 127.0.0.1, with its key beside it, as an API server makes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(hours=1))
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    path = folder / "test.crt"
    path.write_bytes(certificate.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8
    path.with_suffix(".key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
    )
    return path


@pytest.fixture
def cluster(request: pytest.FixtureRequest) -> Cluster:
    return Cluster(request.param)


@pytest.fixture
def where(cluster: Cluster, tmp_path: Path) -> Where:
    """The cluster's load balancer on loopback."""
    certificate = self_signed(tmp_path)
    context = Context("c", cast(Any, cluster), cast(Any, cluster))
    listener.serve(context, tmp_path / "port", certificate)
    return Where("127.0.0.1", int((tmp_path / "port").read_text()), certificate)


plain = pytest.mark.parametrize("cluster", [False], indirect=True)
with_tls = pytest.mark.parametrize("cluster", [True], indirect=True)


def problem(where: Where, request: Request) -> str:
    """What is wrong with the answer."""
    return attempt(where, request).problem


def test_every_public_host_is_asked_for_and_plain_http_has_to_redirect() -> None:
    urls = ["https://api.example.com", "https://example.com", "https://admin.example.com"]
    assert list(requests(CONFIG, urls)) == [
        Request("api.example.com", "https", "/ready"),
        Request("api.example.com", "http", "/ready", "https://api.example.com"),
        Request("example.com", "https", "/"),
        Request("example.com", "http", "/", "https://example.com"),
    ]


def shared(**ingress: Any) -> dict[str, Any]:
    """A configuration with a host that two services share, and a host that leads to it."""
    services = {
        "web": {"hosts": ["@"], "health": {"readiness": "/ready"}},
        "api": {"hosts": ["@/api"], "health": {"readiness": "/ready"}},
        "files": {"hosts": ["@/files"], "health": {"readiness": "/files/ready"}},
    }
    return {
        "openmarket:domain": "example.com",
        "openmarket:ingress": {"redirects": {"www": "@"}, **ingress},
        "openmarket:services": services,
    }


def test_every_path_of_a_host_is_asked_for_and_every_redirect() -> None:
    any_answer = tuple(range(200, 500))
    assert list(requests(shared(), ["http://example.com"])) == [
        Request("example.com", "http", "/files/ready"),
        # Its readiness path leads to another service.
        Request("example.com", "http", "/api", statuses=any_answer),
        Request("example.com", "http", "/ready"),
        Request("www.example.com", "http", "/", "http://example.com"),
    ]


def test_hosts_in_maintenance_have_to_say_so() -> None:
    note = " is in maintenance"
    page = Request("example.com", "http", "/", statuses=(503,), note=note)
    assert list(requests(shared(maintenance={"enabled": True}), ["http://example.com"])) == [
        page, Request("www.example.com", "http", "/", statuses=(503,), note=note),
    ]  # fmt: skip
    some = list(requests(shared(maintenance={"enabled": True, "hosts": ["@"]}), ["http://example.com"]))
    assert some == [page, Request("www.example.com", "http", "/", "http://example.com")]
    (of_office, _) = requests(
        shared(maintenance={"enabled": True, "allowedCidrs": ["10.0.0.0/8"]}), ["http://example.com"]
    )
    assert {200, 503} < set(of_office.statuses)
    assert 502 not in of_office.statuses
    off = requests(shared(maintenance={"enabled": False}), ["http://example.com"])
    assert not [request for request in off if request.note]


def test_a_service_that_speaks_another_http_is_known_by_the_load_balancers_refusal() -> None:
    config = shared(redirects={})
    config["openmarket:services"]["api"] |= {"protocolVersion": "grpc", "image": "registry.example.com/api:1"}
    (request,) = [
        each for each in requests(config, ["https://example.com"]) if each.path == "/api" and not each.location
    ]
    assert request.statuses == (464,)


def test_a_service_whose_probes_have_no_path_may_answer_anything() -> None:
    config = shared(redirects={})
    config["openmarket:services"]["files"] |= {"image": "registry.example.com/files:1", "health": {"protocol": "tcp"}}
    (request,) = [each for each in requests(config, ["http://example.com"]) if each.path == "/files"]
    assert {200, 404} < set(request.statuses)
    assert 502 not in request.statuses


def test_without_tls_there_is_nothing_to_redirect() -> None:
    assert list(requests(CONFIG, ["http://example.com"])) == [Request("example.com", "http", "/")]


@plain
def test_a_healthy_host_answers(where: Where, cluster: Cluster) -> None:
    assert problem(where, Request("example.com", "http", "/")) == ""
    cluster.ready = False
    assert problem(where, Request("example.com", "http", "/")) == "answered 503"
    assert problem(where, Request("other.example.com", "http", "/")) == "answered 404"


@with_tls
def test_what_no_container_answered_is_called_simulated(where: Where) -> None:
    request, redirect = (
        Request("example.com", "https", "/no/image/has/this"),
        Request("example.com", "http", "/", "https://example.com"),
    )
    answer = attempt(where, request)
    assert answer.problem == ""
    assert answer.emulated.startswith("simulated: web:3000 has a healthy target, but no container runs")
    assert line(request, answer) == f"ok  https://example.com/no/image/has/this  ({answer.emulated})"
    # The redirect is the load balancer's own.
    assert line(redirect, attempt(where, redirect)) == f"ok  {redirect}"


def test_what_a_service_answered_is_not() -> None:
    request = Request("example.com", "https", "/")
    assert line(request, Answer("")) == "ok  https://example.com/"


@plain
def test_a_load_balancer_without_tls_is_noticed(where: Where) -> None:
    assert problem(where, Request("example.com", "https", "/")) == "answered 502"
    told = problem(where, Request("example.com", "http", "/", "https://example.com"))
    assert told == "answered 200 and did not lead to https://example.com"


@with_tls
def test_tls_is_verified_and_plain_http_redirects(where: Where) -> None:
    secure = Request("example.com", "https", "/")
    assert problem(where, secure) == ""
    assert problem(where, Request("example.com", "http", "/", "https://example.com")) == ""
    stranger = Where(where.address, where.port)
    assert "certificate verify failed" in problem(stranger, secure)


def test_it_says_at_once_what_it_asks_and_then_what_it_waits_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = '["http://dev.openmarket.example.com"]'
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(f"""#!/bin/sh\necho '{{"alb_dns": "a", "urls": {urls}}}'\n""")
    pulumi.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("ops.smoke._PAUSE", 0.1)
    done = CliRunner().invoke(app, ["smoke", "--stack", "dev", "--address", "127.0.0.1:1", "--seconds", "1"])
    first, second, *_ = done.output.splitlines()
    assert first == "Asking the load balancer at 127.0.0.1: 1 requests, for up to 1 s"
    assert "s  waiting for http://dev.openmarket.example.com/: " in second
    assert done.exit_code == 1


def test_nobody_listening_is_a_problem_and_no_traceback() -> None:
    assert "refused" in problem(Where("127.0.0.1", 1), Request("example.com", "http", "/"))
