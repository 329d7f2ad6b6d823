"""Helm's way to the emulator's charts: any host over HTTPS, by a certificate that only the provider trusts."""

import http.client
import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from emulator.chart_repository import CHARTS, Response
from emulator.plugins import chart_proxy


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The proxy, in front of a repository that answers with the address that it was asked for."""

    def answer(url: str, _folder: Path) -> Response:
        return Response(200 if "known" in url else 404, "text/plain", url.encode(), {"X-Digest": "d"})

    monkeypatch.setattr(chart_proxy.chart_repository, "answer", answer)
    with chart_proxy.serving(CHARTS) as variables:
        yield variables


def ask(environment: dict[str, str], host: str, port: int, path: str, method: str = "GET") -> tuple[int, str]:
    proxy = urlsplit(environment["HTTPS_PROXY"])
    client = http.client.HTTPSConnection(
        str(proxy.hostname), proxy.port, context=ssl.create_default_context(cafile=environment["SSL_CERT_FILE"])
    )
    client.set_tunnel(host, port)
    client.request(method, path)
    response = client.getresponse()
    return response.status, response.read().decode()


def test_every_host_is_answered_for(environment: dict[str, str]) -> None:
    assert ask(environment, "charts.example.com", 443, "/known/index.yaml") == (
        200, "https://charts.example.com/known/index.yaml",
    )  # fmt: skip
    assert ask(environment, "mirror.example.org", 8443, "/known") == (200, "https://mirror.example.org:8443/known")


def test_what_is_not_there_is_not_found(environment: dict[str, str]) -> None:
    assert ask(environment, "charts.example.com", 443, "/other.tgz")[0] == 404


def test_a_head_has_no_body(environment: dict[str, str]) -> None:
    assert ask(environment, "charts.example.com", 443, "/known", "HEAD") == (200, "")


def test_the_proxy_is_on_loopback_and_its_authority_goes_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with chart_proxy.serving(CHARTS) as variables:
        assert urlsplit(variables["HTTPS_PROXY"]).hostname == "127.0.0.1"
        assert os.path.exists(variables["SSL_CERT_FILE"])
    assert not os.path.exists(variables["SSL_CERT_FILE"])
