"""A service with a volume: one pod at a time has it, it outlives the pod, and a protected stack never deletes it."""

from copy import deepcopy
from typing import Any

import pytest

from components.config.services import stanza
from tests.components.kinds import with_kinds
from tests.components.program import STACKS, Deployed, run_program, stack_file

SEARCH: dict[str, Any] = {
    "port": 7700, "replicas": 1, "maxReplicas": 1, "cpu": "100m", "memory": "128Mi", "writable": ["/cache"],
    "volume": {"path": "/data", "size": "20Gi"},
}  # fmt: skip
CLAIM, CLASS = "core/v1:PersistentVolumeClaim", "storage.k8s.io/v1:StorageClass"


def changed(**changes: Any) -> dict[str, Any]:
    """The stanza with these keys, and without those that are None."""
    return {key: value for key, value in (SEARCH | changes).items() if value is not None}


def deployed(stack: str = "dev", **changes: Any) -> Deployed:
    settings = deepcopy(stack_file(stack))
    settings["openmarket:services"]["search"] = changed(**changes)
    return run_program(stack, settings)


@pytest.mark.parametrize("stack", STACKS)
def test_its_pod_finds_a_volume_that_outlives_it(stack: str) -> None:
    program = deployed(stack)
    (claim,) = program.of(CLAIM)
    assert claim.inputs["spec"]["resources"] == {"requests": {"storage": "20Gi"}}
    created = program.one("apps/v1:Deployment", "shop-search-deployment")
    # The next pod would wait for the volume for ever, if the one before waited for it to be ready.
    assert created.inputs["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}
    assert claim.inputs["spec"]["accessModes"] == ["ReadWriteOncePod"]
    assert claim.name in program.needed[created.name]
    pod = created.inputs["spec"]["template"]["spec"]
    named = {each["name"]: each.get("persistentVolumeClaim", {}).get("claimName") for each in pod["volumes"]}
    mounts = {each["mountPath"]: named[each["name"]] for each in pod["containers"][0]["volumeMounts"]}
    assert mounts == {"/tmp": None, "/cache": None, "/data": claim.inputs["metadata"]["name"]}  # noqa: S108
    assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsGroup"]


@pytest.mark.parametrize("stack", STACKS)
def test_it_is_deleted_only_where_nothing_is_protected(stack: str) -> None:
    program = deployed(stack)
    (claim,) = program.of(CLAIM)
    (storage,) = [
        each
        for each in program.of(CLASS)
        if each.inputs["metadata"]["name"] == claim.inputs["spec"]["storageClassName"]
    ]
    protected = stack_file(stack)["openmarket:deletionProtection"]
    assert program.options[claim.name].protect is protected
    assert storage.inputs["reclaimPolicy"] == ("Retain" if protected else "Delete")
    assert storage.inputs["parameters"]["encrypted"] == "true"
    # The driver has to be there until the last volume is deleted.
    assert any("ebs-csi" in each for each in program.waits_for(storage.name))
    assert storage.name in program.waits_for(claim.name)


def test_the_quota_refuses_volumes_until_a_stanza_has_one() -> None:
    def hard(program: Deployed) -> dict[str, str]:
        return program.one("core/v1:ResourceQuota").inputs["spec"]["hard"]

    # The claims of stanzas that are gone are deleted after those of the new ones are created.
    assert not any("storage" in key or "volume" in key for key in hard(deployed()))
    assert hard(run_program("dev", with_kinds()))["persistentvolumeclaims"] == "0"
    assert [each.inputs["metadata"]["name"] for each in run_program("dev", with_kinds()).of(CLASS)] == ["gp3"]


def test_a_worker_may_have_one() -> None:
    (claim,) = deployed(kind="worker", port=None).of(CLAIM)
    assert claim.inputs["metadata"]["name"] == "search-data"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"maxReplicas": 2}, "maxReplicas is 2\n    needs 1, like replicas, as an EBS volume is on one node at a time"),
        ({"volume": None}, "replicas is 1\n    needs 2 or more, so that one may go; or 1 with a volume"),
        ({"volume": {"path": "/tmp", "size": "1Gi"}}, "volume.path is /tmp\n    needs another directory"),  # noqa: S108
        ({"volume": {"path": "/cache", "size": "1Gi"}}, "volume.path is /cache\n    needs another directory"),
        ({"volume": {"path": "data", "size": "1Gi"}}, "volume.path is data"),
        ({"volume": {"path": "/data", "size": "20GB"}}, "volume.size is 20GB\n    needs its size in Gi, such as 20Gi"),
        ({"volume": {"path": "/data"}}, "volume.size is missing"),
        ({"kind": "task"}, "volume is {"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValueError, match="problem") as refused:
        stanza("dev", "openmarket:services.search", changed(**changes))
    assert expected in str(refused.value)
