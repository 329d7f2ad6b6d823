"""A restored database stands beside the one from before, and the shop moves to it without a change of names."""

import re
from copy import deepcopy
from typing import Any

import pytest

from tests.components.program import Deployed, Registered, run_program, stack_file, with_settings

CLUSTER = "rds/cluster:Cluster"
INSTANCE = "rds/clusterInstance:ClusterInstance"
OLD, NEW, NEWER = "openmarket-prod-aurora", "openmarket-prod-aurora-20261126-1015", "openmarket-prod-aurora-2"
TIME = "2026-11-26T10:15:00Z"
BACK = {"into": NEW, "time": TIME, "of": OLD}


def deployed(**changes: Any) -> Deployed:
    return with_settings("database", "prod", **{"restoreFrom": BACK, "previous": [OLD], **changes})


def clusters(found: Deployed) -> dict[str, Registered]:
    return {str(each.inputs["clusterIdentifier"]): each for each in found.of(CLUSTER)}


@pytest.fixture(scope="module")
def restored() -> Deployed:
    return deployed()


def test_the_old_database_stays_as_it_was(restored: Deployed, prod: Deployed) -> None:
    before = prod.one(CLUSTER)
    after = clusters(restored)[OLD]
    assert (after.name, after.inputs) == (before.name, before.inputs)
    kept = {each.name: each.inputs for each in restored.of(INSTANCE)}
    assert all(kept[each.name] == each.inputs for each in prod.of(INSTANCE))
    assert restored.options[after.name].protect is True


def test_the_new_one_begins_with_the_backup_and_has_everything_else_of_the_old(restored: Deployed) -> None:
    old, new = clusters(restored)[OLD].inputs, clusters(restored)[NEW].inputs
    origin = {"sourceClusterIdentifier": OLD, "restoreToTime": TIME, "restoreType": "full-copy"}
    assert new["restoreToPointInTime"] == origin
    own = {"clusterIdentifier", "finalSnapshotIdentifier", "restoreToPointInTime"}
    named = {"databaseName", "masterUsername"}
    assert not named & set(new), "a backup has these"
    assert {k: v for k, v in new.items() if k not in own} == {k: v for k, v in old.items() if k not in own | named}
    assert restored.options[clusters(restored)[NEW].name].protect is True


@pytest.mark.parametrize(
    ("origin", "inputs"),
    [
        ({"snapshot": "before"}, {"snapshotIdentifier": "before"}),
        (
            {"time": TIME, "of": "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
            {
                "restoreToPointInTime": {
                    "sourceClusterResourceId": "cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ", "restoreToTime": TIME,
                    "restoreType": "full-copy",
                },
            },
        ),
        (
            {"time": "latest", "of": OLD},
            {
                "restoreToPointInTime": {
                    "sourceClusterIdentifier": OLD, "useLatestRestorableTime": True, "restoreType": "full-copy",
                },
            },
        ),
    ],
)  # fmt: skip
def test_a_snapshot_or_the_latest_time_will_do(origin: dict[str, str], inputs: dict[str, Any]) -> None:
    new = clusters(deployed(restoreFrom={"into": NEW, **origin}))[NEW].inputs
    found = {key: new.get(key) for key in ("snapshotIdentifier", "restoreToPointInTime")}
    assert {key: value for key, value in found.items() if value} == inputs


def test_a_backup_that_is_no_longer_named_replaces_nothing(restored: Deployed) -> None:
    again = {"into": NEWER, "snapshot": "other"}
    later = deployed(restoreFrom=again, previous=[OLD, NEW])
    assert set(clusters(later)) == {OLD, NEW, NEWER}
    name = clusters(restored)[NEW].name
    assert clusters(later)[NEW].name == name
    for each in (restored, later):
        assert set(each.options[name].ignore_changes or []) >= {"snapshotIdentifier", "restoreToPointInTime"}


def test_secrets_keep_their_names_and_lead_to_the_new_one_once_it_answers(restored: Deployed, prod: Deployed) -> None:
    secret = "secretsmanager/secret:Secret"
    assert [each.inputs for each in restored.of(secret)] == [each.inputs for each in prod.of(secret)]
    versions = [each for each in restored.of("secretsmanager/secretVersion:SecretVersion") if "-db-" in each.name]
    assert len(versions) == 2
    for version in versions:
        assert f"{NEW}.cluster-" in str(version.inputs["secretString"])
        assert OLD + "." not in str(version.inputs["secretString"])
        instances = {each.name for each in restored.of(INSTANCE) if each.inputs["identifier"].startswith(NEW)}
        assert len(instances) == 2
        assert instances <= restored.waits_for(version.name)


def test_alarms_watch_the_one_in_use(restored: Deployed) -> None:
    watched = {
        str(each.inputs["dimensions"]["DBClusterIdentifier"])
        for each in restored.of("cloudwatch/metricAlarm:MetricAlarm")
        if "DBClusterIdentifier" in (each.inputs.get("dimensions") or {})
    }
    assert watched == {NEW}


def test_both_are_protected(restored: Deployed) -> None:
    for each in restored.of(CLUSTER):
        assert each.inputs["deletionProtection"] is True
        assert each.inputs["skipFinalSnapshot"] is False
        assert restored.options[each.name].protect is True


def test_one_from_before_keeps_its_version() -> None:
    found = deployed(engineVersion="8.0.mysql_aurora.3.12.1")
    assert "engineVersion" in (found.options[clusters(found)[OLD].name].ignore_changes or [])
    assert "engineVersion" not in (found.options[clusters(found)[NEW].name].ignore_changes or [])


def test_without_a_list_of_those_from_before_they_go() -> None:
    assert set(clusters(deployed(previous=[]))) == {NEW}


def test_what_is_named_after_the_longest_name_is_not_too_long() -> None:
    settings = deepcopy(stack_file("prod"))
    stack = "a" * 20
    longest = f"openmarket-{stack}-aurora-20261126-1015"
    settings["openmarket:database"]["restoreFrom"] = {"into": longest, "snapshot": "before"}
    # The mocks refuse names of roles that IAM would.
    found = run_program(stack, settings)
    snapshot = str(clusters(found)[longest].inputs["finalSnapshotIdentifier"])
    assert re.fullmatch(rf"{longest}-final-[0-9a-f]{{4,}}", snapshot)
    assert len(snapshot) <= 63
    assert all(len(each.inputs["identifier"]) <= 63 for each in found.of(INSTANCE))
