"""Copies in a second region, by switch: of the database and the uploads, by a role that may read both."""

from copy import deepcopy

import pytest

from tests.components.program import Deployed, run_program, stack_file, with_settings

COPIES = "ap-northeast-1"


@pytest.fixture(scope="module")
def copied() -> Deployed:
    return with_settings("backup", "prod", copyRegion=COPIES, copyDays=14)


def test_without_a_region_there_are_none(deployed: Deployed) -> None:
    assert [each.type for each in deployed.resources if each.type.startswith("aws:backup/")] == []


def test_a_daily_backup_is_copied_into_the_other_region(copied: Deployed) -> None:
    here, there = (copied.one("backup/vault:Vault", f"data-backup-{end}").inputs for end in ("vault", "copies"))
    assert (here.get("region"), there["region"]) in ((None, COPIES), ("ap-northeast-2", COPIES))
    # A key of the stack is in its own region.
    assert ":ap-northeast-2:" in here["kmsKeyArn"]
    assert "kmsKeyArn" not in there
    (rule,) = copied.one("backup/plan:Plan").inputs["rules"]
    (copy,) = rule["copyActions"]
    assert f":{COPIES}:" in copy["destinationVaultArn"]
    assert copy["lifecycle"] == {"deleteAfter": 14}
    assert rule["targetVaultName"] == here["name"]


def test_database_and_uploads_are_selected(copied: Deployed) -> None:
    selection = copied.one("backup/selection:Selection")
    cluster, uploads = selection.inputs["resources"]
    assert cluster.endswith(":cluster:openmarket-prod-aurora")
    assert uploads.startswith("arn:aws:s3:::data-uploads-bucket-")
    policies = {name for name in copied.waits_for(selection.name) if "-service-" in name}
    assert {"data-backup-service-backups", "data-backup-service-bucket-backups"} <= {
        name.removesuffix("-attachment") for name in policies
    }


def test_volumes_of_services_are_selected_by_the_namespace_of_their_claims() -> None:
    settings = deepcopy(stack_file("prod"))
    settings["openmarket:backup"] = {"copyRegion": COPIES}
    worker = {"kind": "worker", "replicas": 1, "maxReplicas": 1, "cpu": "100m", "memory": "128Mi"}
    settings["openmarket:services"]["archive"] = worker | {"volume": {"path": "/data", "size": "5Gi"}}
    program = run_program("prod", settings)
    selection = program.one("backup/selection:Selection", "data-backup-volumes").inputs
    (condition,) = selection["conditions"][0]["stringEquals"]
    assert condition["key"].startswith("aws:ResourceTag/")
    assert condition["value"] == program.one("core/v1:PersistentVolumeClaim").inputs["metadata"]["namespace"]
    assert all(each.endswith(":volume/*") for each in selection["resources"])


def test_a_protected_stack_keeps_its_vaults(copied: Deployed) -> None:
    for vault in copied.of("backup/vault:Vault"):
        assert vault.inputs["forceDestroy"] is False
        assert copied.options[vault.name].protect is True
