"""A new Kubernetes minor has no way back, so the comment says what comes with it and who has it already."""

from pathlib import Path

import pytest
import yaml

from analysis import stack_file
from analysis.preview import Preview, Step
from ops.comment.finding import Kind, Severity
from ops.comment.review import Review, review
from ops.comment.size_facts import Upgraded
from ops.comment.text import comment
from tests.ops.previews import change, state, update

PROJECT = Path(__file__).resolve().parents[3]
EKS, ADDON, RELEASE = "aws:eks/cluster:Cluster", "aws:eks/addon:Addon", "kubernetes:helm.sh/v3:Release"
GROUP = "aws:eks/nodeGroup:NodeGroup"
SIZES = {"minSize": 1, "desiredSize": 3, "maxSize": 5}


def addon(name: str, runs: str, *pins: str) -> Step:
    old, new = (
        state(ADDON, name, addonName=name, **({"addonVersion": pin} if pin else {})).model_copy(
            update={"outputs": {"addonVersion": runs}}
        )
        for pin in pins
    )
    return change("same" if pins[0] == pins[1] else "update", old, new)


def upgraded(stack: str, *others: Step) -> Review:
    steps = (
        update(EKS, {"version": "1.35"}, {"version": "1.36"}, "eks"),
        update(
            GROUP, {"version": "1.35", "scalingConfig": SIZES}, {"version": "1.36", "scalingConfig": SIZES}, "nodes"
        ),
        *others,
    )
    return review(Preview(stack=stack, steps=steps))


def fact(found: Review) -> Upgraded:
    (only,) = [each.fact for each in found.of(Kind.RESTART) if isinstance(each.fact, Upgraded)]
    return only


@pytest.fixture
def minors(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The minors in the stack files, for a test to change."""
    filed = dict.fromkeys(stack_file.ORDER, "1.36")
    real = stack_file.read

    def read(name: str, folder: Path | None = None) -> stack_file.Stack:
        found = real(name, folder)
        return stack_file.Stack(found.name, found.region, filed[name], found.pins)

    monkeypatch.setattr(stack_file, "read", read)
    return filed


def test_there_is_no_way_back_and_the_nodes_go(minors: dict[str, str]) -> None:
    found = upgraded("prod")
    assert found.severity == Severity.LOOK
    assert fact(found).groups == (("nodes", 3),)
    text = comment(found)
    assert "**there is no way back**" in text
    assert "3 of `nodes`" in text
    assert "by their files, dev and staging have 1.36 already" in text


def test_what_moves_and_what_stays(minors: dict[str, str]) -> None:
    old, new = (
        {"chart": "cluster-autoscaler", "version": "9.59.0", "values": {"image": {"tag": tag}}}
        for tag in ("v1.35.2", "v1.36.1")
    )
    found = fact(
        upgraded(
            "dev",
            addon("kube-proxy", "v1.35.0-eksbuild.1", "", ""),
            addon("coredns", "v1.13.0-eksbuild.1", "v1.13.0-eksbuild.1", "v1.14.0-eksbuild.1"),
            update(RELEASE, old, new, "autoscaler"),
        )
    )
    assert found.staying == (("kube-proxy", "v1.35.0-eksbuild.1"),)
    assert [name for name, _, _ in found.moving] == ["cluster-autoscaler", "coredns"]
    assert found.moving[0][1:] == ("9.59.0 with image v1.35.2", "9.59.0 with image v1.36.1")


def test_production_is_not_the_first(minors: dict[str, str]) -> None:
    minors["staging"] = "1.35"
    found = upgraded("prod")
    assert found.severity == Severity.STOP
    assert "staging (1.35) has it not yet: upgrade there first" in comment(found)
    minors["dev"] = "1.35"
    assert upgraded("staging").severity == Severity.LOOK


def test_the_first_stack_has_none_before_it(minors: dict[str, str]) -> None:
    assert fact(upgraded("dev")).earlier == ()
    assert "no stack comes before this one" in comment(upgraded("dev"))


def test_the_order_is_that_of_the_deployments() -> None:
    jobs = yaml.safe_load((PROJECT / ".github/workflows/deploy.yml").read_text())["jobs"]
    order = [name for name in jobs if name in stack_file.ORDER]
    assert tuple(order) == stack_file.ORDER
    assert [jobs[name].get("needs") for name in order[1:]] == order[:-1]
    assert [stack_file.before(name) for name in order] == [order[:place] for place in range(len(order))]
    assert stack_file.before("somebody's own") == []
