"""The `aws` command's contract with kubeconfigs, people and pulumi-eks."""

import json
from pathlib import Path

import aws_networks as networks
import pytest
from aws_account import Account

from emulator.aws import cli
from emulator.store import Store


@pytest.fixture(autouse=True)
def the_accounts_store(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def store() -> Store:
        return account.store

    monkeypatch.setattr(cli, "Store", store)


def test_a_token_is_an_exec_credential(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    networks.cluster(account, networks.build(account))
    arguments = ["--region", "ap-northeast-2", "eks", "get-token", "--cluster-name", "dev-eks", "--output", "json"]
    assert cli.main(arguments) == 0
    credential = json.loads(capsys.readouterr().out)
    assert credential["kind"] == "ExecCredential"
    assert credential["apiVersion"] == "client.authentication.k8s.io/v1beta1"
    assert credential["status"]["token"] == "secret-token"


def test_a_kubeconfig_holds_no_secret(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    networks.cluster(account, networks.build(account))
    path = tmp_path / "kube" / "config"
    monkeypatch.setenv("KUBECONFIG", str(path))
    assert cli.main(["eks", "update-kubeconfig", "--name", "dev-eks"]) == 0
    user = json.loads(path.read_text())["users"][0]["user"]
    assert list(user) == ["exec"]
    assert user["exec"]["args"][-3:] == ["dev-eks", "--output", "json"]


def test_an_unknown_cluster_is_a_client_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["eks", "get-token", "--cluster-name", "none"]) == 254
    assert "No cluster found for name: none" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["s3", "ls"], ["eks", "list-clusters"], ["sts", "get-caller-identity", "--who"]])
def test_anything_else_is_refused_loudly(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(arguments) == 252
    assert "emulator" in capsys.readouterr().err


def test_version_and_caller(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("aws-cli/2.")
    assert cli.main(["sts", "get-caller-identity"]) == 0
    assert json.loads(capsys.readouterr().out)["Account"] == "123456789012"
