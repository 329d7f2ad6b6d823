"""Refresh reports what somebody changed, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from emulator.kubernetes import drift

json_values = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(json_values, json_values)
def test_no_drift_when_applying_again_changes_nothing(inputs: object, live: object) -> None:
    assert drift.current_inputs(inputs, live, live) is inputs


def test_normalised_values_are_no_drift_beside_real_drift() -> None:
    inputs = {"spec": {"cpu": "1000m", "replicas": 2, "ports": [{"port": 80}, {"port": 90}]}}
    expected = {
        "spec": {"cpu": "1", "replicas": 2, "ports": [{"port": 80, "protocol": "TCP"}, {"port": 90, "protocol": "TCP"}]}
    }
    live = {
        "spec": {"cpu": "1", "replicas": 5, "ports": [{"port": 80, "protocol": "TCP"}, {"port": 91, "protocol": "TCP"}]}
    }
    current = drift.current_inputs(inputs, expected, live)
    assert current == {"spec": {"cpu": "1000m", "replicas": 5, "ports": [{"port": 80}, {"port": 91}]}}


def test_a_removed_field_is_drift() -> None:
    inputs = {"metadata": {"labels": {"a": "1", "b": "2"}}}
    live = {"metadata": {"labels": {"a": "1"}}}
    assert drift.current_inputs(inputs, inputs, live) == live
