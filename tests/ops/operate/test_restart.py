"""A restart replaces the pods, waits for the new ones, and says what holds them up."""

import pytest
from typer.testing import CliRunner, Result

from ops.__main__ import app
from ops.operate import rollouts
from tests.ops.operate.conftest import Tools
from tests.ops.operate.samples import deployment, pod

ROLLING = deployment(reason="ReplicaSetUpdated", new=1)


def restart(*words: str) -> Result:
    return CliRunner().invoke(app, ["restart", "backend", "--stack", "dev", *words])


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollouts, "_PAUSE", 0.01)


@pytest.fixture
def restarting(tools: Tools) -> Tools:
    tools.objects("deployments.apps", [deployment()], [ROLLING], [deployment(ready=1)], [deployment()])
    tools.answer("kubectl", "rollout restart deployment/backend-api --namespace openmarket-dev")
    return tools


def test_it_waits_until_all_pods_are_new_and_ready(restarting: Tools) -> None:
    result = restart("--yes")
    assert result.exit_code == 0
    assert len(restarting.acts()) == 1
    assert "rolling out: 1 of 2 pods are new" in result.output
    assert "waiting for pods, 1 of 2 pods are ready" in result.output
    assert result.output.splitlines()[-1].startswith("backend-api was restarted: 2 of 2 pods are ready, after ")
    assert [line["outcome"] for line in restarting.audit()] == ["done"]


def test_a_dry_run_restarts_nothing(restarting: Tools) -> None:
    result = restart("--dry-run")
    assert result.exit_code == 0
    assert "replaces the 2 pods of backend-api" in result.output
    assert restarting.acts() == []


def test_without_leave_nothing_is_asked_of_the_cluster(restarting: Tools) -> None:
    result = restart()
    assert result.exit_code == 1
    assert "add --yes to act, or --dry-run" in result.output
    assert not (restarting.folder / "asked.jsonl").exists()


def test_what_holds_up_the_pods_is_the_outcome(restarting: Tools) -> None:
    stuck = deployment(reason="ProgressDeadlineExceeded", fine=False, ready=1, new=1)
    restarting.objects("deployments.apps", [deployment()], [stuck])
    waiting = {"waiting": {"reason": "CreateContainerConfigError", "message": 'secret "db" not found'}}
    restarting.objects("pods", [pod("new-1", state=waiting), pod("new-2", state=waiting), pod("old")])
    result = restart("--yes")
    assert result.exit_code == 1
    assert 'new-1: CreateContainerConfigError secret "db" not found' in result.output
    assert "new-2" not in result.output
    (line,) = restarting.audit()
    assert line["outcome"] == "failed"
    assert "ProgressDeadlineExceeded" in line["says"]


def test_patience_ends(restarting: Tools) -> None:
    restarting.objects("deployments.apps", [deployment()], [ROLLING])
    result = restart("--yes", "--seconds", "0")
    assert result.exit_code == 1
    assert "is not ready after" in result.output


def test_a_service_without_deployment_cannot_be_restarted(tools: Tools) -> None:
    result = restart("--yes")
    assert result.exit_code == 1
    assert "`make repair STACK=dev` brings it back" in result.output
