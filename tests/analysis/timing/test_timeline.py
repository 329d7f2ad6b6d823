"""The order of an operation, its critical path, and what would shorten it."""

from graphlib import CycleError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.preview import State
from analysis.timing.timeline import earliest, needs_of, reverse, savings

DIAMOND = {"network": (), "cluster": ("network",), "data": ("network",), "shop": ("cluster", "data")}
SECONDS = {"network": 10.0, "cluster": 600.0, "data": 400.0, "shop": 60.0}


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, set[str]], dict[str, float]]:
    """Graphs in which each resource needs some of those before it."""
    count = draw(st.integers(1, 12))
    needs = {str(i): {str(j) for j in range(i) if draw(st.booleans())} for i in range(count)}
    return needs, {urn: draw(st.floats(0, 1000)) for urn in needs}


def test_the_critical_path_is_the_chain_that_ends_last() -> None:
    found = earliest(DIAMOND, SECONDS)
    assert found.total == 670
    assert found.path() == ["network", "cluster", "shop"]
    assert found.path("data") == ["network", "data"]


def test_a_saving_ends_where_another_chain_decides() -> None:
    assert savings(DIAMOND, SECONDS) == [("cluster", 200), ("shop", 60), ("network", 10)]


def test_resources_that_need_each_other_are_an_error() -> None:
    with pytest.raises(CycleError):
        earliest({"a": ("b",), "b": ("a",)}, {})


@given(graphs())
def test_nothing_begins_before_what_it_needs_and_the_path_has_no_gap(
    graph: tuple[dict[str, set[str]], dict[str, float]],
) -> None:
    needs, seconds = graph
    found = earliest(needs, seconds)
    for urn, needed in needs.items():
        assert found.begun[urn] == max((found.ended[each] for each in needed), default=0)
    path = found.path()
    assert found.total == pytest.approx(sum(seconds[urn] for urn in path))
    for urn, saved in savings(needs, seconds):
        assert 0 <= saved <= seconds[urn] + 1e-6


@given(graphs())
def test_what_is_needed_goes_last(graph: tuple[dict[str, set[str]], dict[str, float]]) -> None:
    needs, seconds = graph
    found = earliest(reverse(needs), seconds)
    for urn, needed in needs.items():
        for each in needed:
            assert found.ended[urn] <= found.begun[each]


def state(name: str, type_: str = "aws:s3/bucket:Bucket", **more: object) -> State:
    return State.model_validate({"urn": f"urn:pulumi:dev::p::{type_}::{name}", "type": type_, "custom": True, **more})


def test_needs_are_explicit_ones_inputs_the_provider_and_the_parent() -> None:
    provider = state("provider", "pulumi:providers:aws")
    one, two, parent = state("one"), state("two"), state("parent", "openmarket:data:Bucket")
    all_of_them = state(
        "all", dependencies=[one.urn], propertyDependencies={"bucket": [two.urn], "tags": []},
        provider=f"{provider.urn}::id", parent=parent.urn,
    )  # fmt: skip
    found = needs_of([provider, one, two, parent, all_of_them])
    assert found[all_of_them.urn] == {one.urn, two.urn, provider.urn, parent.urn}
    assert found[one.urn] == set()


def test_who_needs_a_component_needs_what_is_in_it() -> None:
    whole = state("cluster", "eks:index:Cluster", custom=False)
    inside = state("control-plane", "aws:eks/cluster:Cluster", parent=whole.urn)
    after = state("addon", dependencies=[whole.urn])
    assert needs_of([whole, inside, after])[after.urn] == {whole.urn, inside.urn}
