"""What operators see of add-on versions, from the emulated `aws` command to the table."""

import json
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any

import aws_networks as networks
import pytest
from aws_account import Account
from typer.testing import CliRunner

from emulator.aws import cli
from emulator.aws.tokens import ADDON, CLUSTER
from emulator.store import StoredObject
from ops import aws
from ops.__main__ import app


@pytest.fixture(autouse=True)
def the_emulators_command(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """`aws` is the emulator's, in this process."""

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            code = cli.main(command[1:], lambda: account.store)
        return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())

    monkeypatch.setattr(aws.subprocess, "run", run)


def ask(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["addon-versions", *arguments])


def line(printed: str, addon: str) -> list[str]:
    (found,) = [each for each in printed.splitlines() if f"│ {addon} " in each]
    return [cell.strip() for cell in found.strip("│").split("│")]


def test_versions_of_a_stack_that_is_not_there_yet() -> None:
    result = ask("--stack", "prod")
    assert result.exit_code == 0
    assert line(result.output, "kube-proxy") == ["kube-proxy", "-", "-", "v1.36.0-emulated.1", "v1.36.0-emulated.2"]


def test_an_upgrade_names_what_must_follow(account: Account) -> None:
    cluster = "openmarket-dev-eks"
    with account.store.transaction() as transaction:
        transaction.put(StoredObject(CLUSTER, cluster))
        for addon in ("kube-proxy", "coredns"):
            transaction.put(StoredObject(ADDON, f"{cluster}:{addon}", outputs={"addonVersion": "v1.36.0-emulated.1"}))
    result = ask("--stack", "dev", "--kubernetes", "1.37")
    assert line(result.output, "kube-proxy")[5:] == ["v1.37.0-emulated.1", "v1.37.0-emulated.2", "yes"]
    assert line(result.output, "coredns")[5:] == ["v1.37.0-emulated.1", "v1.37.0-emulated.2", "no"]
    assert result.output.rstrip().endswith("addonVersions:\n      kube-proxy: v1.37.0-emulated.1")


def test_an_addon_that_is_not_installed_is_a_client_error(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    networks.cluster(account, networks.build(account))
    capsys.readouterr()
    arguments = ["eks", "describe-addon", "--cluster-name", "dev-eks", "--addon-name", "coredns"]
    assert cli.main(arguments, lambda: account.store) == 254
    assert "No addon: coredns found in cluster: dev-eks" in capsys.readouterr().err


def test_an_addon_whose_workloads_are_not_ready_is_degraded(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    networks.cluster(account, networks.build(account))
    account.create(ADDON, clusterName="dev-eks", addonName="coredns")
    for said, status in ([], "ACTIVE"), (["InsufficientNumberOfReplicas: 0 of 2"], "DEGRADED"):
        account.clusters.issues = said
        capsys.readouterr()
        arguments = ["eks", "describe-addon", "--cluster-name", "dev-eks", "--addon-name", "coredns"]
        assert cli.main(arguments, lambda: account.store) == 0
        addon = json.loads(capsys.readouterr().out)["addon"]
        assert addon["status"] == status
        found = [f"{each['code']}: {each['message']}" for each in addon["health"]["issues"]]
        assert found == said


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [(["--stack", "test"], "there is no stack 'test'"), (["--kubernetes", "1.99"], "no add-ons for Kubernetes '1.99'")],
)
def test_mistakes_are_said_without_a_traceback(arguments: list[str], complaint: str) -> None:
    result = ask(*arguments)
    assert result.exit_code == 1
    assert complaint in result.output
    assert "Traceback" not in result.output


def test_without_the_command_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any, **__: Any) -> None:
        raise FileNotFoundError("aws")

    monkeypatch.setattr(aws.subprocess, "run", missing)
    result = ask()
    assert result.exit_code == 1
    assert "no `aws` command on PATH" in result.output


def test_what_aws_denies_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    denied = subprocess.CompletedProcess(["aws"], 254, "", "An error occurred (AccessDeniedException): not authorized")
    monkeypatch.setattr(aws.subprocess, "run", lambda *_, **__: denied)
    result = ask()
    assert result.exit_code == 1
    assert "AccessDeniedException" in result.output
