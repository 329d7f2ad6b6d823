"""What `ignore_changes` leaves to others is not applied again."""

from typing import Any

import pytest

from emulator.kubernetes.ignored import left_to_others

BODY = {"metadata": {"name": "web"}, "spec": {"replicas": 2, "paused": False}}


def live(**managers: dict[str, Any]) -> dict[str, Any]:
    """Ten replicas by now, and who manages which fields of the spec."""
    entries = [{"manager": name, "fieldsV1": {"f:spec": fields}} for name, fields in managers.items()]
    return {"metadata": {"name": "web", "managedFields": entries}, "spec": {"replicas": 10}}


@pytest.mark.parametrize(
    ("managers", "expected"),
    [
        ({"autoscaler": {"f:replicas": {}}}, {"paused": False}),
        ({"autoscaler": {"f:replicas": {}}, "ours": {"f:paused": {}}}, {"paused": False}),
        ({"ours": {"f:replicas": {}}}, {"replicas": 10, "paused": False}),
        ({"ours": {"f:replicas": {}}, "other": {"f:replicas": {}}}, {"replicas": 10, "paused": False}),
    ],
)
def test_ignored_fields_are_whoevers_they_are(managers: dict[str, Any], expected: dict[str, Any]) -> None:
    assert left_to_others(BODY, live(**managers), ["spec.replicas"], "ours")["spec"] == expected
    assert BODY["spec"]["replicas"] == 2


@pytest.mark.parametrize("path", ["spec.other", "spec.template.spec", "spec.containers[0].image", "status.replicas"])
def test_what_is_not_there_changes_nothing(path: str) -> None:
    assert left_to_others(BODY, live(autoscaler={"f:replicas": {}}), [path], "ours") == BODY


def test_without_a_live_object_the_inputs_stay() -> None:
    assert left_to_others(BODY, None, ["spec.replicas"], "ours") == BODY
