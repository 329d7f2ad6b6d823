"""An operator's run is a Job of the deployed release, is waited for, and ends the command as it ended itself."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from components.config.services import PLACEHOLDER_IMAGE
from ops.__main__ import app
from ops.operate import runs
from ops.operate.runs import job_from
from tests.ops.operate.conftest import KINDS, Redeployed, Tools
from tests.ops.operate.samples import NEW, OLD

TEMPLATE = {
    "metadata": {"labels": {"app.kubernetes.io/name": "reindex"}},
    "spec": {
        "backoffLimit": 0,
        "activeDeadlineSeconds": 600,
        "template": {
            "spec": {
                "containers": [{"name": "reindex", "image": NEW, "command": ["node", "reindex.js"], "args": ["all"]}]
            }
        },
    },
}
EARLIER = "jobs.batch --namespace openmarket-dev --selector"
"""How the command looks for Jobs of the service, where it waits for one of them otherwise."""
CREATE = "create --filename - --output json"


def cron_job(name: str = "reindex", suspend: bool = True, policy: str = "Forbid", image: str = NEW) -> dict[str, Any]:
    template = json.loads(json.dumps(TEMPLATE))
    template["spec"]["template"]["spec"]["containers"][0]["image"] = image
    return {
        "kind": "CronJob",
        "metadata": {"name": name, "namespace": "openmarket-dev", "uid": "u-1"},
        "spec": {
            "suspend": suspend,
            "concurrencyPolicy": policy,
            "schedule": "30 4 * * *",
            "timeZone": "Asia/Seoul",
            "jobTemplate": template,
        },
    }


def job(*conditions: str, name: str = "reindex-run-1") -> dict[str, Any]:
    said = [{"type": each, "status": "True", "reason": "Because", "message": "it did"} for each in conditions]
    return {"kind": "Job", "metadata": {"name": name, "uid": "u-2"}, "status": {"conditions": said}}


def ended(code: int) -> dict[str, Any]:
    status = {"name": "reindex", "state": {"terminated": {"exitCode": code}}}
    return {"metadata": {"name": "pod-1"}, "status": {"phase": "Failed", "containerStatuses": [status]}}


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_PAUSE", 0.01)


@pytest.fixture
def running(tools: Tools, project: Redeployed) -> Tools:
    """A stack with a task and a cron job, whose runs succeed."""
    text = project.file.read_text()
    stanzas = "    reindex:\n      kind: task\n    nightly:\n      kind: cronJob\n"
    project.file.write_text(text.replace("  openmarket:services:\n", f"  openmarket:services:\n{stanzas}"))
    tools.answer("kubectl", "api-resources", "\n".join([*KINDS, "cronjobs.batch", "jobs.batch"]))
    tools.objects("cronjobs.batch", [cron_job()])
    tools.objects(EARLIER, [])
    tools.objects("jobs.batch", [job()], [job("Complete")])
    tools.answer("kubectl", CREATE, json.dumps(job()))
    tools.answer("kubectl", "logs job/reindex-run-1", "did this\ndid that\n")
    tools.answer("kubectl", "patch cronjobs.batch")
    return tools


def run(*words: str, of: str = "reindex") -> Result:
    return CliRunner().invoke(app, ["run", of, "--stack", "dev", *words])


def test_it_shows_the_log_and_the_outcome(running: Tools) -> None:
    result = run("--yes")
    assert result.exit_code == 0, result.output
    assert "runs reindex once, with the arguments of its stanza: node reindex.js all" in result.output
    assert "  | did that" in result.output
    assert result.output.splitlines()[-1].startswith("reindex-run-1 has ended with exit code 0 after ")
    (line,) = running.audit()
    assert (line["command"], line["outcome"]) == ("run reindex", "done")
    assert [CREATE in act for act in running.acts()] == [True]


def test_a_failed_run_fails_the_command_with_its_exit_code_told(running: Tools) -> None:
    running.objects("jobs.batch", [job()], [job("Failed")])
    running.objects("pods", [ended(3)])
    result = run("--yes")
    assert result.exit_code == 1
    assert "reindex-run-1 has failed after 0 s: exit code 3 (Because: it did)" in result.output
    assert running.audit()[0]["outcome"] == "failed"


def test_a_dry_run_makes_nothing(running: Tools) -> None:
    result = run("--dry-run")
    assert result.exit_code == 0
    assert "ends it after 600 s at the latest" in result.output
    assert running.acts() == []


def test_arguments_are_words_and_go_into_the_audit_line(running: Tools) -> None:
    result = run("--yes", "--", "--since", "2026-01-01; rm -rf /")
    assert result.exit_code == 0, result.output
    assert "with these arguments: node reindex.js --since '2026-01-01; rm -rf /'" in result.output
    assert running.audit()[0]["command"] == "run reindex -- --since '2026-01-01; rm -rf /'"


@pytest.mark.parametrize("arguments", [(), ("--since", "$(date)")])
def test_the_job_is_the_release_with_these_arguments(arguments: Sequence[str]) -> None:
    before = cron_job()
    made = job_from(before, arguments)
    spec = made["spec"]["template"]["spec"]["containers"][0]
    assert spec["args"] == (list(arguments) or ["all"])
    assert before == cron_job(), "the release stays as it is"
    assert (spec["image"], spec["command"]) == (NEW, ["node", "reindex.js"])
    assert made["metadata"]["labels"] == {"app.kubernetes.io/name": "reindex"}, "the network policy finds its pods"
    (owner,) = made["metadata"]["ownerReferences"]
    assert (owner["uid"], owner["controller"]) == ("u-1", True), "the history of the CronJob cleans it up"


def test_a_second_run_waits_for_the_first(running: Tools) -> None:
    running.objects(EARLIER, [job(name="reindex-run-0"), job("Failed", name="reindex-run-9")])
    result = run("--yes")
    assert result.exit_code == 1
    assert "reindex runs already, as reindex-run-0, and may run once at a time" in result.output
    assert running.acts() == []
    running.objects("cronjobs.batch", [cron_job(policy="Allow")])
    assert run("--yes").exit_code == 0


def test_the_schedule_of_a_cron_job_knows_of_the_run(running: Tools) -> None:
    running.objects("cronjobs.batch", [cron_job("nightly", suspend=False)])
    result = run("--yes", of="nightly")
    assert result.exit_code == 0, result.output
    assert "if its schedule (30 4 * * * Asia/Seoul) comes meanwhile, that is left out" in result.output
    (patch,) = [act for act in running.acts() if "patch" in act]
    assert "--subresource status" in patch
    assert '"active": [{"apiVersion": "batch/v1", "kind": "Job", "name": "reindex-run-1"' in patch


def test_the_placeholder_takes_no_arguments(running: Tools) -> None:
    running.objects("cronjobs.batch", [cron_job(image=PLACEHOLDER_IMAGE)])
    result = run("--yes", "--", "all")
    assert result.exit_code == 1
    assert "reindex has no image yet" in result.output
    assert run("--yes").exit_code == 0


def test_what_is_no_task_is_not_run(running: Tools) -> None:
    result = run("--yes", of="backend")
    assert result.exit_code == 1
    assert "backend-api is of kind web" in result.output
    assert "those of dev are reindex, nightly" in result.output


def test_what_is_not_deployed_is_not_run(running: Tools) -> None:
    running.objects("cronjobs.batch", [])
    result = run("--yes")
    assert result.exit_code == 1
    assert "reindex is not deployed yet: `make up STACK=dev` brings it" in result.output


def test_patience_ends_and_the_run_goes_on(running: Tools) -> None:
    running.objects("jobs.batch", [job()])
    running.objects("cronjobs.batch", [cron_job(image=OLD)])
    result = run("--yes", "--seconds", "1")
    assert result.exit_code == 1
    assert "reindex-run-1 goes on after" in result.output
