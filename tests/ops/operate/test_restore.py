"""A restore names a backup that RDS has, keeps the database from before, and ends when no pod uses it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from analysis import stack_file
from analysis.timing.durations import CREATE
from ops.__main__ import app
from ops.operate import values_in_pods
from ops.stack_editing import set_values
from tests.ops.operate.conftest import IDENTITY, SOMETHING, Redeployed, Tools

FIRST = "openmarket-dev-aurora"
EARLIEST, LATEST = "2026-11-25T10:00:00.123+00:00", "2026-11-26T10:20:00+00:00"
SNAPSHOT = {
    "DBClusterSnapshotIdentifier": "before", "DBClusterIdentifier": FIRST, "Status": "available",
    "SnapshotCreateTime": "2026-11-26T09:00:00+00:00",
}  # fmt: skip


def restore(*words: str) -> Result:
    return CliRunner().invoke(app, ["restore", *words, "--stack", "dev"])


def database(project: Redeployed) -> dict[str, Any]:
    return yaml.safe_load(project.file.read_text())["config"]["openmarket:database"]


def cluster(writer: bool = True) -> str:
    members = [{"DBInstanceIdentifier": "a", "IsClusterWriter": writer}]
    times = {"EarliestRestorableTime": EARLIEST, "LatestRestorableTime": LATEST}
    return json.dumps({"DBClusters": [{"Status": "available", "DBClusterMembers": members, **times}]})


@pytest.fixture
def shop(tools: Tools, project: Redeployed, monkeypatch: pytest.MonkeyPatch) -> Redeployed:
    monkeypatch.setattr(values_in_pods, "_PAUSE", 0.01)
    tools.answer("aws", "describe-db-clusters", cluster())
    tools.answer("aws", "describe-db-cluster-snapshots", json.dumps({"DBClusterSnapshots": [SNAPSHOT]}))
    tools.answer("pulumi", "stack export --stack dev", json.dumps({"deployment": {"resources": [SOMETHING]}}))
    tools.answer("kubectl", "get secrets", "")
    return project


@pytest.mark.parametrize(
    ("origin", "keys"),
    [
        ("2026-11-26T10:15:00Z", {"time": "2026-11-26T10:15:00Z", "of": FIRST}),
        ("2026-11-26T19:15:00+09:00", {"time": "2026-11-26T10:15:00Z", "of": FIRST}),
        ("2026-11-25T10:00:00Z", {"time": "2026-11-25T10:00:00Z", "of": FIRST}),
        ("latest", {"time": "latest", "of": FIRST}),
        ("before", {"snapshot": "before"}),
    ],
)
def test_the_stack_file_says_from_what_and_what_was_before(
    shop: Redeployed, tools: Tools, origin: str, keys: dict[str, str]
) -> None:
    result = restore("--from", origin, "--yes")
    assert result.exit_code == 0, result.output
    ((further, deployed),) = shop.ups
    assert further == ["--message", f"restore --from {origin}, by {IDENTITY['Arn']}"]
    found = yaml.safe_load(deployed)["config"]["openmarket:database"]
    into = found["restoreFrom"].pop("into")
    begun = datetime.strptime(into, f"{FIRST}-%Y%m%d-%H%M").replace(tzinfo=UTC)
    assert timedelta() <= datetime.now(UTC) - begun < timedelta(minutes=3)
    assert found["restoreFrom"] == keys
    assert found["previous"] == [FIRST]
    assert f"The shop uses {into}: none of 0 pods" in result.output
    assert [(line["command"], line["outcome"]) for line in tools.audit()] == [(f"restore --from {origin}", "done")]


def test_what_is_lost_and_what_stays_is_said_before(shop: Redeployed) -> None:
    before = shop.file.read_text()
    result = restore("--from", "2026-11-26T10:15:00Z", "--dry-run")
    assert result.exit_code == 0
    assert f"leaves what was written after 2026-11-26T10:15:00Z in {FIRST}" in result.output
    assert f"until `./openmarket ops restore --remove {FIRST}`" in result.output
    assert "a change of dev" in result.output
    assert (shop.file.read_text(), shop.ups) == (before, [])


def test_another_restore_keeps_both_from_before(shop: Redeployed) -> None:
    second = f"{FIRST}-2"
    set_values("dev", ("openmarket:database",), {
        "restoreFrom": {"into": second, "snapshot": "before"}, "previous": [FIRST],
    })  # fmt: skip
    assert restore("--from", "latest", "--yes").exit_code == 0
    assert database(shop)["restoreFrom"]["of"] == second
    assert database(shop)["previous"] == [FIRST, second]


@pytest.mark.parametrize(
    ("origin", "says"),
    [
        ("2026-11-26T10:20:01Z", "from 2026-11-25T10:00:00Z to 2026-11-26T10:20:00Z, and 2026-11-26T10:20:01Z is none"),
        ("2026-11-25T09:59:59Z", "`--from latest` is the last one"),
        ("2026-11-26T10:15:00", "has no time zone: 2026-11-26T10:15:00Z is UTC"),
        ("2026-11-26T10:15:99Z", "is no time"),
    ],
)
def test_a_time_that_no_backup_has_is_refused(shop: Redeployed, origin: str, says: str) -> None:
    before = shop.file.read_text()
    result = restore("--from", origin, "--yes")
    assert result.exit_code == 1
    assert says in result.output
    assert (shop.file.read_text(), shop.ups) == (before, [])


def test_a_snapshot_that_is_none_is_named_with_those_that_are(shop: Redeployed, tools: Tools) -> None:
    never = "--db-cluster-snapshot-identifier never"
    tools.answer("aws", never, says="An error occurred (DBClusterSnapshotNotFoundFault)", code=254)
    result = restore("--from", "never", "--yes")
    assert "no snapshot 'never', and a time is written as" in result.output
    assert "(RDS has before of 2026-11-26T09:00:00+00:00)" in result.output
    tools.answer("aws", never, json.dumps({"DBClusterSnapshots": [SNAPSHOT | {"Status": "creating"}]}))
    assert "the snapshot never is creating: wait" in restore("--from", "never", "--yes").output
    assert shop.ups == []


RETAINED = {
    "DBClusterIdentifier": FIRST, "DbClusterResourceId": "cluster-AB12", "Status": "retained",
    "ClusterCreateTime": "2026-11-01T10:00:00+00:00",
    "RestoreWindow": {"EarliestTime": EARLIEST, "LatestTime": "2026-11-26T10:20:00.999+00:00"},
}  # fmt: skip


@pytest.fixture
def gone(shop: Redeployed, tools: Tools) -> Redeployed:
    """A shop whose database is not in RDS any more, nor its automatic backups."""
    said = "An error occurred (DBClusterNotFoundFault)"
    tools.answer("aws", f"describe-db-clusters --db-cluster-identifier {FIRST} ", says=said, code=254)
    tools.answer("aws", "describe-db-cluster-automated-backups", json.dumps({"DBClusterAutomatedBackups": []}))
    return shop


def test_of_a_database_that_is_gone_with_its_backups_there_are_snapshots_only(gone: Redeployed) -> None:
    result = restore("--from", "latest", "--yes")
    assert "is gone from RDS, with its automatic backups: give --from a snapshot of it (RDS has before" in result.output
    assert gone.ups == []


@pytest.mark.parametrize(
    ("origin", "time"), [("latest", "2026-11-26T10:20:00Z"), ("2026-11-26T10:15:00Z", "2026-11-26T10:15:00Z")]
)
def test_backups_that_are_left_of_a_deleted_database_are_used(
    gone: Redeployed, tools: Tools, origin: str, time: str
) -> None:
    active = {**RETAINED, "Status": "active", "DbClusterResourceId": "cluster-ZZ", "ClusterCreateTime": "2026-11-30"}
    older = {**RETAINED, "DbClusterResourceId": "cluster-OLD", "ClusterCreateTime": "2026-10-01"}
    listed = json.dumps({"DBClusterAutomatedBackups": [older, RETAINED, active]})
    tools.answer("aws", "describe-db-cluster-automated-backups", listed)
    result = restore("--from", origin, "--yes")
    assert result.exit_code == 0, result.output
    keys = {key: value for key, value in database(gone)["restoreFrom"].items() if key != "into"}
    assert keys == {"time": time, "of": "cluster-AB12"}


def test_a_time_that_the_backups_of_a_deleted_database_do_not_have_is_refused(gone: Redeployed, tools: Tools) -> None:
    tools.answer("aws", "describe-db-cluster-automated-backups", json.dumps({"DBClusterAutomatedBackups": [RETAINED]}))
    assert "is none of them" in restore("--from", "2026-11-26T10:21:01Z", "--yes").output
    assert gone.ups == []


@pytest.mark.parametrize("state", [json.dumps({"deployment": {}}), ""])
def test_of_a_deleted_stack_the_file_gets_to_know_the_backup(gone: Redeployed, tools: Tools, state: str) -> None:
    unknown = "error: no stack named 'dev' found"
    tools.answer("pulumi", "stack export --stack dev", state, says="" if state else unknown, code=0 if state else 6)
    set_values("dev", ("openmarket:database",), {"previous": [f"{FIRST}-0"]})
    before = gone.file.read_text()
    assert "changes nothing in AWS, as dev is not deployed" in restore("--from", "before", "--dry-run").output
    assert gone.file.read_text() == before
    result = restore("--from", "before", "--yes")
    assert result.exit_code == 0, result.output
    assert result.output.endswith(
        "Commit Pulumi.dev.yaml: `make up STACK=dev` makes dev anew, with the data as of 2026-11-26T09:00:00Z.\n"
    )
    found = database(gone)
    assert found["restoreFrom"].pop("into").startswith(f"{FIRST}-")
    assert (found["restoreFrom"], found["previous"]) == ({"snapshot": "before"}, [])
    assert (gone.ups, gone.previews) == ([], 0)
    assert [line["outcome"] for line in tools.audit()] == ["done"]


def test_a_database_without_writer_is_no_success(shop: Redeployed, tools: Tools) -> None:
    tools.answer("aws", f"describe-db-clusters --db-cluster-identifier {FIRST}-", cluster(writer=False))
    result = restore("--from", "latest", "--yes")
    assert result.exit_code == 1
    assert "does not say that" in result.output
    assert "ops doctor --stack dev" in result.output
    assert [line["outcome"] for line in tools.audit()] == ["failed"]
    assert database(shop)["previous"] == [FIRST]


@pytest.fixture
def restored(shop: Redeployed) -> Redeployed:
    origin = {"into": f"{FIRST}-2", "snapshot": "before"}
    set_values("dev", ("openmarket:database",), {"restoreFrom": origin, "previous": [FIRST]})
    return shop


URN = "urn:pulumi:dev::openmarket::aws:rds/cluster:Cluster::data-database-cluster"


@pytest.fixture
def protected(restored: Redeployed, tools: Tools) -> Redeployed:
    """In production, where all databases are protected."""
    listed = [
        {"urn": f"{URN}{end}", "type": "aws:rds/cluster:Cluster", "protect": True,
         "outputs": {"clusterIdentifier": f"{FIRST}{end}"}}
        for end in ("", "-2")
    ]  # fmt: skip
    tools.answer("pulumi", "stack export --stack dev", json.dumps({"deployment": {"resources": listed}}))
    tools.answer("pulumi", f"state unprotect {URN} --yes --stack dev")
    tools.answer("aws", f"modify-db-cluster --db-cluster-identifier {FIRST} --no-deletion-protection", "{}")
    set_values("dev", (), {"openmarket:deletionProtection": True, "openmarket:production": True})
    return restored


def test_one_from_before_is_deleted_by_taking_it_out(restored: Redeployed, tools: Tools) -> None:
    result = restore("--remove", FIRST, "--yes")
    assert result.exit_code == 0, result.output
    ((_, deployed),) = restored.ups
    assert yaml.safe_load(deployed)["config"]["openmarket:database"]["previous"] == []
    assert "nothing of it is left: no last snapshot" in result.output
    assert [line for line in tools.asked("aws") if "modify" in line] == []


def test_a_protected_one_loses_its_protection_and_no_other_does(protected: Redeployed, tools: Tools) -> None:
    result = restore("--remove", FIRST, "--yes")
    assert result.exit_code == 0, result.output
    assert len(protected.ups) == 1
    assert [line for line in tools.asked("pulumi") if "unprotect" in line] == [
        f"state unprotect {URN} --yes --stack dev --non-interactive"
    ]
    assert len([line for line in tools.asked("aws") if "modify-db-cluster" in line]) == 1
    assert f"RDS makes a last snapshot, {FIRST}-final-<id>" in result.output


def test_a_dry_run_takes_no_protection_away(protected: Redeployed, tools: Tools) -> None:
    result = restore("--remove", FIRST, "--dry-run")
    assert "takes away its protection in AWS and in Pulumi's state first" in result.output
    assert database(protected)["previous"] == [FIRST]
    assert not [line for program in ("aws", "pulumi") for line in tools.asked(program) if "protect" in line]


def test_what_cannot_lose_its_protection_is_not_deleted(protected: Redeployed, tools: Tools) -> None:
    tools.answer("pulumi", f"state unprotect {URN} --yes --stack dev", says="error: locked", code=255)
    result = restore("--remove", FIRST, "--yes")
    assert result.exit_code == 1
    assert "its protection stays: locked" in result.output
    assert protected.ups == []


@pytest.mark.parametrize("name", [f"{FIRST}-2", "other"])
def test_what_the_shop_uses_is_not_removed(restored: Redeployed, name: str) -> None:
    result = restore("--remove", name, "--yes")
    assert result.exit_code == 1
    assert f"those from before are {FIRST}, and the shop uses {FIRST}-2" in result.output
    assert restored.ups == []


@pytest.mark.parametrize("words", [(), ("--from", "latest", "--remove", FIRST)])
def test_one_of_both_has_to_be_given(words: tuple[str, ...]) -> None:
    assert "give --from a time or a snapshot, or --remove" in restore(*words, "--yes").output


def test_the_runbook_says_how_long_it_takes() -> None:
    """The chain that a restore waits for: the cluster, its instances, Secrets, the users' Job, the new pods."""
    chain = (
        "aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance",
        "kubernetes:external-secrets.io/v1:ExternalSecret", "kubernetes:batch/v1:Job", "kubernetes:apps/v1:Deployment",
    )  # fmt: skip
    minutes = round(sum(CREATE[each] for each in chain) / 60)
    assert f"about {minutes} minutes" in (stack_file.PROJECT / "docs" / "runbook.md").read_text()
