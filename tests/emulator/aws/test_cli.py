"""The `aws` command's contract with kubeconfigs, people and pulumi-eks."""

import json
from collections.abc import Callable
from pathlib import Path

import aws_networks as networks
import pytest
import yaml
from aws_account import Account

from emulator.aws import cli, eks_access, log_groups, messages

Command = Callable[[list[str]], int]


@pytest.fixture
def aws(account: Account) -> Command:
    """The `aws` command on the account: takes its arguments, answers its exit code."""
    return lambda arguments: cli.main(arguments, lambda: account.store)


def test_a_token_is_an_exec_credential(aws: Command, account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    networks.cluster(account, networks.build(account))
    arguments = ["--region", "ap-northeast-2", "eks", "get-token", "--cluster-name", "dev-eks", "--output", "json"]
    assert aws(arguments) == 0
    credential = json.loads(capsys.readouterr().out)
    assert credential["kind"] == "ExecCredential"
    assert credential["apiVersion"] == "client.authentication.k8s.io/v1beta1"
    token = credential["status"]["token"]
    user = eks_access.authenticate(account.store, "dev-eks", token)
    assert user is not None
    assert user.principal == "arn:aws:iam::123456789012:role/openmarket-deployer"


def test_a_kubeconfig_holds_no_secret(
    aws: Command, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks.cluster(account, networks.build(account))
    path = tmp_path / "kube" / "config"
    monkeypatch.setenv("KUBECONFIG", str(path))
    assert aws(["eks", "update-kubeconfig", "--name", "dev-eks"]) == 0
    user = yaml.safe_load(path.read_text())["users"][0]["user"]
    assert list(user) == ["exec"]
    assert user["exec"]["args"][-3:] == ["dev-eks", "--output", "json"]


def test_a_kubeconfig_is_merged(
    aws: Command, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    networks.cluster(account, networks.build(account))
    path = tmp_path / "config"
    entries = {kind: [{"name": "other"}] for kind in ("clusters", "contexts", "users")}
    path.write_text(yaml.safe_dump({**entries, "current-context": "other"}))
    monkeypatch.setenv("KUBECONFIG", f"{path}:{tmp_path / 'second'}")
    command = ["eks", "update-kubeconfig", "--region", "ap-northeast-2", "--name", "dev-eks", "--profile", "openmarket"]
    for said in ("Added new context", "Updated context"):
        assert aws(command) == 0
        assert said in capsys.readouterr().out
    written = yaml.safe_load(path.read_text())
    (arn,) = {entry["name"] for entry in written["contexts"]} - {"other"}
    assert [entry["name"] for entry in written["users"]] == ["other", arn]
    assert written["current-context"] == arn
    assert {"name": "AWS_PROFILE", "value": "openmarket"} in written["users"][1]["user"]["exec"]["env"]


def test_the_users_own_kubeconfig_stays(
    aws: Command, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    networks.cluster(account, networks.build(account))
    monkeypatch.delenv("KUBECONFIG", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(cli, "STATE", tmp_path / "state")
    assert aws(["eks", "update-kubeconfig", "--name", "dev-eks", "--alias", "mine"]) == 0
    assert "Added new context mine" in capsys.readouterr().out
    assert not (tmp_path / "home").exists()
    assert (tmp_path / "state" / "kubeconfig" / "aws.yaml").stat().st_mode & 0o077 == 0


def test_a_cluster_is_described_by_eks_names(
    aws: Command, account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    networks.cluster(account, networks.build(account))
    assert aws(["eks", "describe-cluster", "--name", "dev-eks"]) == 0
    cluster = json.loads(capsys.readouterr().out)["cluster"]
    assert cluster["status"] == "ACTIVE"
    assert cluster["identity"]["oidc"]["issuer"].startswith("https://oidc.eks.")
    assert cluster["resourcesVpcConfig"]["subnetIds"]


def test_an_unknown_cluster_is_a_client_error(aws: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert aws(["eks", "get-token", "--cluster-name", "none"]) == 254
    assert "No cluster found for name: none" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["s3", "ls"], ["eks", "list-clusters"], ["sts", "get-caller-identity", "--who"]])
def test_anything_else_is_refused_loudly(
    aws: Command, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert aws(arguments) == 252
    assert "emulator" in capsys.readouterr().err


def test_version_and_caller(aws: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert aws(["--version"]) == 0
    assert capsys.readouterr().out.startswith("aws-cli/2.")
    assert aws(["sts", "get-caller-identity"]) == 0
    assert json.loads(capsys.readouterr().out)["Account"] == "123456789012"


def test_log_groups_that_are_nobodys_can_be_deleted(
    aws: Command, account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    with account.store.transaction() as transaction:
        log_groups.ensure(transaction, "/aws/eks/dev-eks/cluster")
    arguments = ["logs", "delete-log-group", "--log-group-name", "/aws/eks/dev-eks/cluster"]
    assert aws(arguments) == 0
    assert capsys.readouterr().out == ""
    assert aws(arguments) == 254
    assert "The specified log group does not exist" in capsys.readouterr().err


def test_a_message_is_published(aws: Command, account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    topic = str(account.create("aws:sns/topic:Topic", "calls", name="calls")["arn"])
    assert aws(["sns", "publish", "--topic-arn", topic, "--subject", "Hello", "--message", "world"]) == 0
    assert json.loads(capsys.readouterr().out)["MessageId"]
    (message,) = messages.received(account.store)
    assert (message.topic, message.subject, message.text) == ("calls", "Hello", "world")
    assert aws(["sns", "publish", "--topic-arn", f"{topic}2", "--message", "world"]) == 254
    assert "Topic does not exist" in capsys.readouterr().err


def test_a_secrets_value_set_by_hand_is_its_current_version(
    aws: Command, account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account.create("aws:secretsmanager/secret:Secret", "keys", name="api-keys", recoveryWindowInDays=0)
    file = tmp_path / "keys.json"
    file.write_text('{"KEY": "2"}')
    answers: list[dict[str, object]] = []
    for value in ('{"KEY": "1"}', f"file://{file}"):
        assert aws(["secretsmanager", "put-secret-value", "--secret-id", "api-keys", "--secret-string", value]) == 0
        answers.append(json.loads(capsys.readouterr().out))
    stored = account.store.find("aws:secretsmanager/secretVersion:SecretVersion")
    assert [each.outputs["secretString"] for each in stored] == ['{"KEY": "1"}', '{"KEY": "2"}']
    assert [each.outputs["versionStages"] for each in stored] == [["AWSPREVIOUS"], ["AWSCURRENT"]]
    assert [each["VersionId"] for each in answers] == [each.outputs["versionId"] for each in stored]
    assert aws(["secretsmanager", "put-secret-value", "--secret-id", "other", "--secret-string", "x"]) == 254
    assert "can't find the specified secret" in capsys.readouterr().err
