"""The logs of all pods of a service, and what is said when there are none."""

import pytest
from typer.testing import CliRunner, Result

from ops.__main__ import app
from tests.ops.operate.conftest import Tools
from tests.ops.operate.samples import pod


def logs(*words: str) -> Result:
    return CliRunner().invoke(app, ["logs", *words, "--stack", "dev"])


def asked(tools: Tools) -> list[str]:
    return [line.partition(" logs ")[2] for line in tools.asked("kubectl") if " logs " in line]


@pytest.fixture
def three(tools: Tools) -> Tools:
    tools.objects("pods", [pod("a"), pod("b", restartCount=1), pod("c")])
    tools.answer("kubectl", " logs ", "a line\n")
    return tools


def test_all_pods_are_asked_at_once(three: Tools) -> None:
    assert logs("backend", "--since", "5m", "--follow").exit_code == 0
    (line,) = asked(three)
    assert "--namespace openmarket-dev --selector app.kubernetes.io/name=backend-api" in line
    for option in ("--prefix", "--max-log-requests 3", "--container backend-api", "--since 5m", "--follow"):
        assert option in line


def test_the_logs_before_a_restart_are_those_of_the_pods_that_had_one(three: Tools) -> None:
    assert logs("backend-api", "--previous").exit_code == 0
    (line,) = asked(three)
    assert " b " in line
    assert "--previous" in line
    three.objects("pods", [pod("a")])
    result = logs("backend-api", "--previous")
    assert result.exit_code == 1
    assert "no container backend-api of 1 pods was restarted" in result.output


def test_another_container_is_named_or_refused(three: Tools) -> None:
    assert logs("backend", "--container", "wait").exit_code == 0
    assert "--container wait" in asked(three)[0]
    result = logs("backend", "--container", "nope")
    assert "no container 'nope': its containers are backend-api, wait" in result.output


def test_what_cannot_be_shown_is_said(tools: Tools) -> None:
    assert "backend-api has no pods" in logs("backend").output
    assert "no service 'nope': the services of dev are frontend-web, backend-api" in logs("nope").output


def test_an_error_of_kubectl_is_the_commands(three: Tools) -> None:
    three.answer("kubectl", " logs ", says="error: forbidden", code=3)
    assert logs("backend").exit_code == 3
