"""The picture of a stack: its parts, what reaches what, and what a change touches."""

from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from analysis.preview import Preview, State, Step
from analysis.preview.writing import write
from ops import exported
from ops.__main__ import app
from ops.graph.architecture import Architecture, Arrow, Box, architecture
from ops.graph.drawing import svg
from ops.graph.picture import changes
from tests.ops.stacks import component, stack, state

SVG = "{http://www.w3.org/2000/svg}"


def test_parts_and_their_connections() -> None:
    drawn = architecture(stack(), "openmarket-dev")
    assert {"customers", "alb", "web", "api", "database"} == {box.name for box in drawn.boxes}
    assert set(drawn.arrows) == {
        Arrow("customers", "alb"), Arrow("alb", "web"), Arrow("web", "api"), Arrow("api", "database")
    }  # fmt: skip


def test_what_an_addon_deploys_is_no_service() -> None:
    addon = component("openmarket:addons:MetricsServer", "addons-metrics")
    deployed = state("kubernetes:apps/v1:Deployment", "metrics", addon, metadata={"name": "metrics-server"})
    assert "metrics-server" not in {box.name for box in architecture([addon, deployed], "openmarket-dev").boxes}


def step(op: str, each: State) -> Step:
    old, new = (None if op == "create" else each), (None if op == "delete" else each)
    return Step.model_validate({"op": op, "urn": each.urn, "old": old, "new": new})


@pytest.mark.parametrize(
    ("op", "word"), [("create", "created"), ("update", "changed"), ("replace", "replaced"), ("delete", "deleted")]
)
def test_a_change_is_told_of_the_part_that_it_belongs_to(op: str, word: str) -> None:
    states = stack()
    touched = {"openmarket:data:Aurora", "aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance"}
    whole = op in ("create", "delete")
    steps = [
        step(op if each.type in touched and (whole or each.type.endswith("ClusterInstance")) else "same", each)
        for each in states
    ]
    found = Preview(stack="dev", steps=tuple(steps))
    boxes = architecture(states, "openmarket-dev").boxes
    assert changes(found, boxes) == {"database": word}


@given(st.integers(0, 40), st.integers(0, 12))
def test_boxes_are_in_the_picture_and_never_on_each_other(services: int, buckets: int) -> None:
    boxes = [Box("customers", "outside", "Customers"), Box("alb", "entry", "Load balancer")]
    boxes += [Box(f"s{number}", "services", f"service-{number}") for number in range(services)]
    boxes += [Box(f"b{number}", "region", f"Bucket {number}") for number in range(buckets)]
    arrows = [Arrow("customers", "alb"), *(Arrow("alb", box.name) for box in boxes if box.group == "services")]
    root = Xml.XML(svg("it", Architecture(tuple(boxes), tuple(arrows), "VPC", "EKS")))
    width, height = (float(root.attrib[key]) for key in ("width", "height"))
    drawn = [each for each in root.iter(f"{SVG}rect") if each.attrib["class"] == "box"]
    assert len(drawn) == len(boxes)
    spans = [[float(each.attrib[key]) for key in ("x", "y", "width", "height")] for each in drawn]
    for index, (x, y, wide, high) in enumerate(spans):
        assert 0 <= x <= width - wide
        assert 0 <= y <= height - high
        for other_x, other_y, *_ in spans[index + 1 :]:
            assert abs(x - other_x) >= wide or abs(y - other_y) >= high
    assert len([each for each in root.iter(f"{SVG}path") if "marker-end" in each.attrib]) == len(arrows)


def test_a_change_is_said_without_colours_too(tmp_path: Path) -> None:
    steps = tuple(step("update" if each.type.endswith("ClusterInstance") else "same", each) for each in stack())
    file, picture = tmp_path / "preview.json", tmp_path / "it.svg"
    write(Preview(stack="dev", steps=steps), file)
    result = CliRunner().invoke(app, ["graph", "--stack", "dev", "--change", str(file), "--out", str(picture)])
    assert result.exit_code == 0, result.output
    assert str(picture) in result.output
    text = "".join(Xml.XML(picture.read_text()).itertext())
    assert "The change: 1 changed." in text


def test_the_deployed_stack_is_drawn_from_its_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exported, "from_stack", lambda _: tuple(stack()))
    monkeypatch.setattr("ops.graph.picture.from_stack", exported.from_stack)
    picture = tmp_path / "it.svg"
    result = CliRunner().invoke(app, ["graph", "--stack", "dev", "--out", str(picture)])
    assert result.exit_code == 0, result.output
    assert "Aurora MySQL" in picture.read_text()


def test_a_file_that_is_no_preview_is_named(tmp_path: Path) -> None:
    (tmp_path / "preview.json").write_text("{}")
    result = CliRunner().invoke(app, ["graph", "--stack", "dev", "--change", str(tmp_path / "preview.json")])
    assert result.exit_code == 1
    assert "preview.json" in result.output


@pytest.mark.parametrize("place", [".", "file/it.svg"], ids=["a folder", "below a file"])
def test_a_picture_that_cannot_be_written_is_said(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.graph.picture.from_stack", lambda _: tuple(stack()))
    (tmp_path / "file").touch()
    result = CliRunner().invoke(app, ["graph", "--stack", "dev", "--output", str(tmp_path / place)])
    assert result.exit_code == 1
    assert "cannot be written" in result.output
