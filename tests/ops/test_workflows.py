"""What the linters of workflows do not look at: pins that belong together, and targets that exist."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
FILES = sorted((PROJECT / ".github").glob("*/*.yml")) + sorted((PROJECT / ".github").glob("actions/*/*.yml"))
WORKFLOWS = [file for file in FILES if file.parent.name == "workflows"]


def load(file: Path) -> dict[str, Any]:
    # `on` is a boolean in YAML 1.1; nothing here asks for it.
    return cast(dict[str, Any], yaml.safe_load(file.read_text()))


def steps(file: Path) -> list[dict[str, Any]]:
    document = load(file)
    jobs = document.get("jobs", {"": document.get("runs", {})})
    return [step for job in jobs.values() for step in job.get("steps", [])]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_has_no_rights_but_those_of_its_jobs(file: Path) -> None:
    document = load(file)
    assert document["permissions"] == {}
    assert all("permissions" in job for job in document["jobs"].values())


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_actions_are_pinned_by_commit_and_named_by_version(file: Path) -> None:
    for line in file.read_text().splitlines():
        if "uses:" in line and "./.github/" not in line:
            assert re.search(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_one_action_has_one_pin() -> None:
    text = "\n".join(file.read_text() for file in FILES)
    pins = set(re.findall(r"uses: ([\w.-]+/[\w.-]+)@([0-9a-f]{40})", text))
    assert len(pins) == len({action for action, _ in pins})


def test_the_pulumi_cli_is_of_the_sdks_version() -> None:
    (step,) = (
        each for each in steps(PROJECT / ".github/actions/setup/action.yml") if "pulumi/" in each.get("uses", "")
    )
    required = re.search(r"^pulumi==(.+)$", (PROJECT / "requirements.txt").read_text(), re.MULTILINE)
    assert required is not None
    assert step["with"]["pulumi-version"] == required[1]


def test_every_make_target_that_a_workflow_runs_exists() -> None:
    targets = set(re.findall(r"^([\w./-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    ran = {
        word for file in FILES for step in steps(file) for word in re.findall(r"make ([\w./-]+)", step.get("run", ""))
    }
    assert {"test", "plan", "rehearse", "up", "smoke", "drift", "comments", "images"} <= ran
    assert ran <= targets


def test_a_deployment_looks_at_what_is_really_there() -> None:
    ran = [step.get("run", "") for step in steps(PROJECT / ".github/workflows/deploy-stack.yml")]
    assert [command.partition(" #")[0] for command in ran if "make up" in command] == ["make up ON=aws REFRESH=yes"]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_no_text_of_a_pull_request_becomes_part_of_a_script(file: Path) -> None:
    assert all("${{" not in step.get("run", "") for step in steps(file))


def test_what_is_built_on_a_runner_is_kept_by_what_it_is_for() -> None:
    setup = load(PROJECT / ".github/actions/setup/action.yml")
    (cache,) = (step for step in setup["runs"]["steps"] if step.get("uses", "").startswith("actions/cache@"))
    assert "inputs.for" in cache["with"]["key"]
    jobs = load(PROJECT / ".github/workflows/test.yml")["jobs"]
    fast, engine = (
        next(step["with"]["for"] for step in jobs[name]["steps"] if "/setup" in step["uses"])
        for name in ("fast", "engine")
    )
    assert (fast, engine) == ("linters", "emulator")


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_the_emulator_never_runs_with_the_cli_that_a_runner_happens_to_have(file: Path) -> None:
    for job in load(file)["jobs"].values():
        ready = [step for step in job.get("steps", []) if step.get("with", {}).get("for") == "emulator"]
        assert not ready or job["env"]["OPENMARKET_EMULATOR_PULUMI"] == "build"


@pytest.mark.parametrize(
    ("aws", "emulator", "passes"),
    [
        ("success", "skipped", True),
        ("skipped", "success", True),
        ("failure", "skipped", False),
        ("skipped", "cancelled", False),
        ("skipped", "skipped", False),
    ],
)
def test_one_check_stands_for_all_previews(aws: str, emulator: str, passes: bool) -> None:
    job = load(PROJECT / ".github/workflows/preview.yml")["jobs"]["previews"]
    assert (sorted(job["needs"]), job["if"]) == (["aws", "emulator"], "always()")
    (step,) = job["steps"]
    # As GitHub's runners do it.
    done = subprocess.run(["bash", "-e", "-c", step["run"]], env={"AWS": aws, "EMULATOR": emulator}, check=False)
    assert (done.returncode == 0) == passes


@pytest.mark.parametrize("conclusion", ["cancelled", "action_required", "skipped"])
def test_a_run_that_left_nothing_is_not_commented_on(conclusion: str) -> None:
    condition = load(PROJECT / ".github/workflows/comment.yml")["jobs"]["comment"]["if"]
    allowed = re.search(r"""contains\(fromJSON\('(\[.*?\])'\), github.event.workflow_run.conclusion\)""", condition)
    assert allowed is not None
    assert conclusion not in json.loads(allowed[1])


def test_the_picture_that_a_comment_links_is_in_the_artifact_of_its_run() -> None:
    ran = steps(PROJECT / ".github/workflows/comment.yml")
    (comments,) = (step for step in ran if "make comments" in step.get("run", ""))
    (upload,) = (step for step in ran if step.get("uses", "").startswith("actions/upload-artifact@"))
    assert ran.index(upload) > ran.index(comments)
    assert comments["env"]["ARTIFACT"].endswith("/actions/runs/${{ github.run_id }}#artifacts")
    rule = (PROJECT / "Makefile").read_text().partition("\ncomments:")[2].partition("\n\n")[0]
    folder = upload["with"]["path"].replace(".emulator/previews", "$(PREVIEWS)")
    assert f"--picture {folder}/$$stack.svg" in rule
    assert f"--full {folder}/$$stack.md" in rule
