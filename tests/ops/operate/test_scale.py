"""The least number of pods, for good by the stack file, or at once in the cluster until a deployment takes it back."""

import json

import pytest
from typer.testing import CliRunner, Result

from ops.__main__ import app
from ops.operate import rollouts
from tests.ops.operate.conftest import Redeployed, Tools
from tests.ops.operate.samples import deployment, scaler

SCALERS = "horizontalpodautoscalers.autoscaling"


def scale(*words: str) -> Result:
    return CliRunner().invoke(app, ["scale", "backend", *words, "--stack", "dev"])


def test_it_changes_two_lines_of_the_stack_file_and_deploys_them(project: Redeployed) -> None:
    before = project.file.read_text().splitlines()
    assert scale("4", "--max", "12", "--yes").exit_code == 0
    assert (project.backend["replicas"], project.backend["maxReplicas"]) == (4, 12)
    assert len(project.ups) == 1
    after = project.file.read_text().splitlines()
    changed = [(old.strip(), new.strip()) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [("replicas: 2", "replicas: 4"), ("maxReplicas: 20", "maxReplicas: 12")]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("30",), "may have 20 pods at most: give a number up to that, or --max"),
        (("2",), "has replicas 2 and maxReplicas 20 already"),
        (("1",), "needs 2 or more"),
        (("2", "--max", "20000"), "maxReplicas is 20000"),
    ],
)
def test_what_is_no_number_of_pods_leaves_the_file_as_it_was(
    project: Redeployed, words: tuple[str, ...], says: str
) -> None:
    before = project.file.read_text()
    result = scale(*words, "--yes")
    assert result.exit_code == 1
    assert says in result.output
    assert project.file.read_text() == before
    assert project.ups == []


def test_a_dry_run_shows_the_preview(project: Redeployed) -> None:
    result = scale("3", "--dry-run")
    assert "a change of dev" in result.output
    assert project.backend["replicas"] == 2


@pytest.fixture
def running(tools: Tools, monkeypatch: pytest.MonkeyPatch) -> Tools:
    monkeypatch.setattr(rollouts, "_PAUSE", 0.01)
    tools.objects(SCALERS, [scaler()])
    tools.objects(
        "deployments.apps",
        [deployment()],
        [deployment(wanted=4, new=4, ready=3)],
        [deployment(wanted=4, new=4, ready=4)],
    )
    tools.answer("kubectl", f"patch {SCALERS} backend-api-hpa")
    return tools


def test_at_once_the_autoscaler_gets_the_number_and_the_pods_are_waited_for(running: Tools) -> None:
    result = scale("4", "--now", "--yes")
    assert result.exit_code == 0
    (act,) = running.acts()
    assert json.loads(act.partition("--patch ")[2]) == {"spec": {"minReplicas": 4, "maxReplicas": 20}}
    assert "waiting for the autoscaler to ask for 4 pods" in result.output
    assert "4 of 4 pods are ready" in result.output
    assert "lasts until `make repair STACK=dev`" in result.output.splitlines()[-1]


def test_at_once_kedas_own_object_gets_the_number_as_it_takes_others_back(running: Tools) -> None:
    owner = {"kind": "ScaledObject", "name": "backend-api", "controller": True}
    made = scaler()
    made["metadata"] |= {"name": "keda-hpa-backend-api", "ownerReferences": [owner]}
    running.objects(SCALERS, [made])
    running.answer("kubectl", "patch scaledobjects.keda.sh backend-api")
    assert scale("4", "--now", "--yes").exit_code == 0
    (act,) = running.acts()
    assert json.loads(act.partition("--patch ")[2]) == {"spec": {"minReplicaCount": 4, "maxReplicaCount": 20}}


def test_at_once_touches_no_file(running: Tools, project: Redeployed) -> None:
    before = project.file.read_text()
    assert scale("4", "--now", "--yes").exit_code == 0
    assert project.file.read_text() == before
    assert project.ups == []


@pytest.mark.parametrize(
    ("words", "says"), [(("21",), "may have 20 pods at most"), (("2",), "has 2 to 20 pods already")]
)
def test_at_once_what_changes_nothing_or_too_much_is_refused(running: Tools, words: tuple[str, ...], says: str) -> None:
    result = scale(*words, "--now", "--yes")
    assert result.exit_code == 1
    assert says in result.output
    assert running.acts() == []


def test_without_autoscaler_there_is_nothing_to_change(tools: Tools) -> None:
    assert "has no autoscaler: `make repair STACK=dev`" in scale("3", "--now", "--yes").output
