"""What commands learn of a cluster by kubectl, and what they say when there is no answer."""

import json
import os
import stat
from pathlib import Path

import pytest

from ops.cluster import Cluster, ClusterError, connected

KINDS = "pods\ndeployments.apps\n"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def play(folder: Path, name: str, script: str) -> None:
    """Put a program on PATH that does this, and notes its arguments."""
    file = folder / name
    file.write_text(f'#!/bin/sh\necho "$@" >> {folder}/asked\n{script}\n')
    file.chmod(0o755)


def asked(folder: Path) -> list[str]:
    return (folder / "asked").read_text().splitlines()


def test_kinds_that_are_not_served_have_no_objects(programs: Path) -> None:
    items = json.dumps({"items": [{"kind": "Pod"}]})
    play(programs, "kubectl", f"case \"$*\" in *api-resources*) printf '{KINDS}';; *) echo '{items}';; esac")
    cluster = Cluster(programs / "kubeconfig.yaml")
    assert cluster.objects(["pods", "externalsecrets.external-secrets.io"], namespace="shop") == [{"kind": "Pod"}]
    assert cluster.objects(["externalsecrets.external-secrets.io"]) == []
    words = asked(programs)
    assert len(words) == 2, "the kinds are asked for once"
    assert "get pods --namespace shop" in words[1]


def test_an_error_is_kubectls_last_line(programs: Path) -> None:
    play(programs, "kubectl", "echo E1126 >&2; echo 'error: You must be logged in' >&2; exit 1")
    with pytest.raises(ClusterError, match=r"^You must be logged in$"):
        Cluster(programs / "k").run("get", "pods")


def test_without_kubectl_that_is_said(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(ClusterError, match="no `kubectl` command on PATH"):
        Cluster(programs / "k").run("get", "pods")


def test_no_answer_is_said(programs: Path) -> None:
    play(programs, "kubectl", "exec sleep 30")
    with pytest.raises(ClusterError, match="`kubectl get pods` gave no answer within 1 seconds"):
        Cluster(programs / "k").run("get", "pods", seconds=1)


def test_the_kubeconfig_is_its_owners_and_goes_with_the_connection(programs: Path) -> None:
    play(programs, "pulumi", 'echo \'{"kind": "Config"}\'')
    with connected("dev") as cluster:
        assert stat.S_IMODE(cluster.kubeconfig.stat().st_mode) == 0o600
        assert "kind: Config" in cluster.kubeconfig.read_text()
    assert not cluster.kubeconfig.exists()
    assert "--stack dev" in asked(programs)[0]
