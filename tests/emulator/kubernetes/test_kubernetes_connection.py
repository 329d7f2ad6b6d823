"""Credentials come from the kubeconfig's plugin, as client-go gets them."""

import json
import sys
from typing import Any

import pytest

from emulator.kubernetes.connection import CredentialsError, ExecToken, InvalidKubeconfig, cluster_of, parse

VERSION = "client.authentication.k8s.io/v1beta1"


def plugin(script: str, version: str = VERSION) -> ExecToken:
    return ExecToken({"command": sys.executable, "args": ["-c", script], "apiVersion": version, "env": None})


def credential(**status: Any) -> str:
    text = json.dumps({"apiVersion": VERSION, "kind": "ExecCredential", "status": {"token": "secret", **status}})
    return f"print({text!r})"


def test_token_is_fetched() -> None:
    assert plugin(credential()).get() == "secret"


def test_token_is_kept_until_it_ends() -> None:
    counted = "import json, uuid; print(json.dumps({'apiVersion': '%s', 'status': {'token': str(uuid.uuid4())%s}}))"
    lasting = plugin(counted % (VERSION, ", 'expirationTimestamp': '2999-01-01T00:00:00Z'"))
    ending = plugin(counted % (VERSION, ", 'expirationTimestamp': '2000-01-01T00:00:00Z'"))
    assert lasting.get() == lasting.get()
    assert ending.get() != ending.get()


@pytest.mark.parametrize(
    ("script", "message"),
    [("import sys; sys.exit('no such cluster')", "no such cluster"), ("print('hello')", "ExecCredential")],
)
def test_failures_are_explained(script: str, message: str) -> None:
    with pytest.raises(CredentialsError, match=message):
        plugin(script).get()


def test_missing_plugin_and_other_version() -> None:
    with pytest.raises(CredentialsError, match="executable no-such-command not found"):
        ExecToken({"command": "no-such-command", "apiVersion": VERSION}).get()
    with pytest.raises(CredentialsError, match="API version"):
        plugin(credential(), "client.authentication.k8s.io/v1").get()


def test_kubeconfig_forms() -> None:
    cluster = {"server": "https://127.0.0.1:1"}
    config = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k"}}],
        "clusters": [{"name": "k", "cluster": cluster}],
    }
    assert cluster_of(parse(json.dumps(config))) == cluster
    assert cluster_of(parse(config)) == cluster
    with pytest.raises(InvalidKubeconfig, match="no context 'x'"):
        cluster_of(config, "x")
    with pytest.raises(InvalidKubeconfig, match="no file"):
        parse("/no/such/file")
