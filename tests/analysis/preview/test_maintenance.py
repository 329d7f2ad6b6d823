"""What waits for a maintenance window is told apart from what somebody changed."""

from typing import Any

import pytest

from analysis.preview import maintenance
from analysis.preview.drift import explained, found
from analysis.preview.model import Step

INSTANCE = "urn:pulumi:prod::openmarket::aws:rds/clusterInstance:ClusterInstance::database-a"
CLUSTER = "urn:pulumi:prod::openmarket::aws:rds/cluster:Cluster::database"
CACHE = "urn:pulumi:prod::openmarket::aws:elasticache/replicationGroup:ReplicationGroup::cache"
WINDOW = "sun:18:30-sun:19:30"
SMALL, LARGE = "db.r7g.large", "db.r7g.xlarge"


def state(urn: str, inputs: dict[str, Any], outputs: dict[str, Any]) -> dict[str, Any]:
    return {"urn": urn, "type": urn.split("::")[2], "custom": True, "inputs": inputs, "outputs": outputs}


def instance(wanted: str, used: str, **inputs: Any) -> dict[str, Any]:
    given = {"instanceClass": wanted, "applyImmediately": False, "preferredMaintenanceWindow": WINDOW}
    return state(INSTANCE, given | inputs, {"instanceClass": used})


def refresh(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {"op": "refresh", "urn": old["urn"], "type": old["type"], "old": old, "new": new}


def test_a_class_that_aws_has_accepted_waits_and_says_for_what() -> None:
    (waiting,) = maintenance.after({INSTANCE: instance(LARGE, SMALL)})
    told = "database-a: instanceClass db.r7g.xlarge waits for the maintenance window of sun:18:30-sun:19:30 UTC"
    assert str(waiting) == told


@pytest.mark.parametrize(
    ("urn", "wanted", "used"),
    [
        (CLUSTER, {"engineVersion": "3.12.0"}, {"engineVersion": "3.12.0", "engineVersionActual": "3.10.4"}),
        (CACHE, {"nodeType": "cache.r7g.large"}, {"nodeType": "cache.t4g.small"}),
        (CACHE, {"engineVersion": "8.0"}, {"engineVersion": "7.2"}),
    ],
)
def test_every_property_that_aws_defers(urn: str, wanted: dict[str, Any], used: dict[str, Any]) -> None:
    (waiting,) = maintenance.after({urn: state(urn, wanted, used)})
    assert waiting.wanted == wanted
    assert list(maintenance.after({urn: state(urn, wanted | {"applyImmediately": True}, used)})) == []
    assert list(maintenance.after({urn: state(urn, wanted, used | wanted | {"engineVersionActual": "3.12.0"})})) == []


def test_a_preview_tells_what_waits_already_from_what_it_would_change() -> None:
    planned = instance(LARGE, LARGE)
    update = {"op": "update", "urn": INSTANCE, "old": instance(LARGE, SMALL), "new": planned}
    assert [each.urn for each in maintenance.before({INSTANCE: planned}, {INSTANCE: update}, {})] == [INSTANCE]
    new = update | {"old": instance(SMALL, SMALL)}
    assert list(maintenance.before({INSTANCE: planned}, {INSTANCE: new}, {})) == []
    other = instance("db.r7g.2xlarge", "db.r7g.2xlarge")
    assert list(maintenance.before({INSTANCE: other}, {INSTANCE: update | {"new": other}}, {})) == []


def step(old: str, new: str) -> Step:
    states = {side: instance(value, value) for side, value in (("oldState", old), ("newState", new))}
    return Step.model_validate({"op": "update", "urn": INSTANCE, "detailedDiff": {"instanceClass": {}}, **states})


def test_in_between_a_refresh_finds_no_drift() -> None:
    drift = found([refresh(instance(LARGE, SMALL), instance(SMALL, SMALL))])
    (difference,), undeployed = explained(drift, [step(SMALL, LARGE)])
    assert difference.waits
    assert (difference.waiting, difference.window) == ({"instanceClass": LARGE}, WINDOW)
    assert undeployed == []


def test_another_difference_of_the_same_resource_is_drift() -> None:
    now = instance(SMALL, SMALL, promotionTier=3)
    (difference,), _ = explained(found([refresh(instance(LARGE, SMALL), now)]), [step(SMALL, LARGE)])
    assert not difference.waits
    assert (difference.paths, difference.waiting) == (("promotionTier",), {"instanceClass": LARGE})


def test_a_class_that_somebody_changed_by_hand_is_drift() -> None:
    by_hand = "db.r7g.2xlarge"
    for left in (SMALL, LARGE):  # whether another one waits or not
        (drift,) = found([refresh(instance(LARGE, left), instance(by_hand, by_hand))])
        assert (drift.paths, drift.waiting) == (("instanceClass",), {})


def test_a_change_that_the_program_no_longer_wants_is_a_difference() -> None:
    drift = found([refresh(instance(LARGE, SMALL), instance(SMALL, SMALL))])
    (difference,), _ = explained(drift, [step(SMALL, "db.r7g.2xlarge")])
    assert (difference.paths, difference.waiting) == (("instanceClass",), {})


def test_a_version_that_waits_is_told_although_nothing_differs() -> None:
    recorded = state(CLUSTER, {"engineVersion": "3.12.0"}, {"engineVersionActual": "3.10.4"})
    (difference,), _ = explained(found([refresh(recorded, recorded)]), [])
    assert difference.waits
    assert difference.waiting == {"engineVersion": "3.12.0"}


def planned(old: dict[str, Any], new: dict[str, Any], *differing: str) -> Step:
    diff = {path: {"kind": "update"} for path in differing}
    return Step.model_validate({"op": "update", "urn": INSTANCE, "old": old, "new": new, "detailed_diff": diff})


def test_an_update_of_nothing_but_what_aws_has_accepted_is_no_change() -> None:
    waiting = maintenance.accepted(planned(instance(LARGE, SMALL), instance(LARGE, LARGE), "instanceClass"))
    assert waiting
    assert waiting.wanted == {"instanceClass": LARGE}


@pytest.mark.parametrize(
    ("old", "new", "differing"),
    [
        (instance(SMALL, SMALL), instance(LARGE, LARGE), ["instanceClass"]),
        (instance(LARGE, SMALL), instance(SMALL, SMALL), ["instanceClass"]),
        (instance(LARGE, SMALL), instance(LARGE, LARGE, promotionTier=1), ["instanceClass", "promotionTier"]),
        (instance(LARGE, SMALL), instance(LARGE, LARGE), ["instanceClass", "tagsAll.team"]),
        (instance(LARGE, SMALL), instance(LARGE, LARGE, applyImmediately=True), ["instanceClass", "applyImmediately"]),
    ],
    ids=["a new one", "one taken back", "one with another", "with a change by hand", "one that is applied now"],
)
def test_any_other_update_is_a_change(old: dict[str, Any], new: dict[str, Any], differing: list[str]) -> None:
    assert maintenance.accepted(planned(old, new, *differing)) is None
