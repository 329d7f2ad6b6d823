"""Drift is what a refresh found; the program's own changes are told apart from it."""

from typing import Any

import pytest

from analysis.preview.drift import explained, found
from analysis.preview.model import Step

DEPLOYMENT = "urn:pulumi:dev::openmarket::kubernetes:apps/v1:Deployment::web"
BUCKET = "urn:pulumi:dev::openmarket::aws:s3/bucket:Bucket::assets"


def state(urn: str, **sides: Any) -> dict[str, Any]:
    return {"urn": urn, "type": urn.split("::")[2], "custom": True, "inputs": {}, "outputs": {}} | sides


def refresh(urn: str, old: dict[str, Any], new: dict[str, Any] | None) -> dict[str, Any]:
    """An event's metadata, with the outputs of Kubernetes objects and the inputs of others."""
    side = "outputs" if "kubernetes:" in urn else "inputs"
    after = None if new is None else state(urn, **{side: new})
    return {"op": "refresh", "urn": urn, "type": urn.split("::")[2], "old": state(urn, **{side: old}), "new": after}


def web(env: list[dict[str, str]], **metadata: Any) -> dict[str, Any]:
    container = {"name": "web", "env": env}
    return {"metadata": metadata, "spec": {"template": {"spec": {"containers": [container]}}}}


def test_a_deleted_object_is_gone() -> None:
    (drift,) = found([refresh(DEPLOYMENT, web([]), None)])
    assert (drift.urn, drift.gone) == (DEPLOYMENT, True)


def test_a_field_that_somebody_added_is_named_with_who_did_it() -> None:
    before = web([], managedFields=[{"manager": "pulumi", "fieldsV1": {"f:a": {}}}])
    fields = [*before["metadata"]["managedFields"], {"manager": "kubectl-set", "fieldsV1": {"f:spec": {}}}]
    (drift,) = found([refresh(DEPLOYMENT, before, web([{"name": "EXTRA", "value": "1"}], managedFields=fields))])
    assert drift.paths == ("spec.template.spec.containers[web].env[EXTRA]",)
    assert drift.managers == ("kubectl-set",)


@pytest.mark.parametrize(
    "change",
    [
        {"metadata": {"resourceVersion": "2", "generation": 2, "finalizers": ["a"]}},
        {"metadata": {"annotations": {"deployment.kubernetes.io/revision": "2"}}},
        {"metadata": {"managedFields": [{"manager": "m", "subresource": "status"}]}},
        {"status": {"replicas": 3}},
        {"spec": {"replicas": 7}},
        {"__inputs": {"a": 1}},
    ],
)
def test_what_moves_while_an_object_is_used_is_no_drift(change: dict[str, Any]) -> None:
    before: dict[str, Any] = {"metadata": {"resourceVersion": "1"}, "spec": {"replicas": 2}}
    assert list(found([refresh(DEPLOYMENT, before, before | change)])) == []


def test_what_an_aws_resource_puts_out_is_no_drift_and_its_settings_are() -> None:
    old, new = state(BUCKET, outputs={"size": 1}), state(BUCKET, outputs={"size": 2})
    event = {"op": "refresh", "urn": BUCKET, "type": "aws:s3/bucket:Bucket", "old": old, "new": new}
    assert list(found([event])) == []
    (drift,) = found([refresh(BUCKET, {"tags": {"a": "1"}}, {"tags": {"a": "2"}})])
    assert drift.paths == ("tags.a",)


def test_no_value_is_told() -> None:
    (drift,) = found([refresh(DEPLOYMENT, web([]), web([{"name": "TOKEN", "value": "hunter2"}]))])
    assert "hunter2" not in drift.model_dump_json()


def test_planned_changes_without_drift_wait_for_a_deployment() -> None:
    drift = found([refresh(DEPLOYMENT, web([]), None)])
    steps = [Step(op="create", urn=DEPLOYMENT), Step(op="update", urn=BUCKET, detailed_diff={"tags.a": {}})]
    differences, waiting = explained(drift, steps)
    assert [(each.urn, each.op, each.gone) for each in differences] == [(DEPLOYMENT, "create", True)]
    assert [step.urn for step in waiting] == [BUCKET]


def test_a_change_that_an_update_leaves_has_no_operation() -> None:
    differences, _ = explained(found([refresh(DEPLOYMENT, web([]), web([{"name": "EXTRA", "value": "1"}]))]), [])
    assert [each.op for each in differences] == [""]
