"""Pods of a service that names a node group run there, and on no other nodes."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

from tests.components.kinds import with_kinds
from tests.components.program import Deployed, run_program

TAINTS = [
    {"key": "dedicated", "value": "batch", "effect": "NoSchedule"},
    {"key": "slow", "effect": "PreferNoSchedule"},
]
KINDS = {"backend-api": "shop-backend-api-deployment", "mailer": "shop-mailer-deployment"}
RUNS = {"nightly": "shop-nightly-cron-job", "reindex": "shop-reindex-cron-job"}


@cache
def deployed() -> Deployed:
    """A stack with a tainted node group, to which a service of each kind is bound; one migrates its database."""
    settings = with_kinds()
    groups = settings["openmarket:cluster"]["nodeGroups"]
    groups["batch"] = groups["general"] | {"taints": TAINTS}
    services = settings["openmarket:services"]
    services["backend-api"]["migration"] = {"command": ["migrate"], "mode": "job"}
    for name in (*KINDS, *RUNS):
        services[name]["nodeGroup"] = "batch"
    return run_program("dev", settings)


def templates() -> dict[str, Mapping[str, Any]]:
    """The pods' templates by the resource that they are of."""
    found = {each.name: each.inputs["spec"]["template"] for each in deployed().of("apps/v1:Deployment")}
    found |= {each.name: each.inputs["spec"]["template"] for each in deployed().of("batch/v1:Job")}
    runs = deployed().of("batch/v1:CronJob")
    return found | {each.name: each.inputs["spec"]["jobTemplate"]["spec"]["template"] for each in runs}


@pytest.mark.parametrize("resource", [*KINDS.values(), *RUNS.values(), "backend-api-migration"])
def test_pods_of_every_kind_are_bound_to_the_group_and_tolerate_its_taints(resource: str) -> None:
    template = templates()[resource]
    group = "cluster-nodes-batch-group"
    assert group in deployed().needed[resource]
    (selected,) = template["spec"]["nodeSelector"].items()
    assert selected[0] == "eks.amazonaws.com/nodegroup"
    assert selected[1].startswith(group)
    assert template["spec"]["tolerations"] == [
        {"key": "dedicated", "operator": "Equal", "value": "batch", "effect": "NoSchedule"},
        {"key": "slow", "operator": "Equal", "value": "", "effect": "PreferNoSchedule"},
    ]
    assert template["metadata"]["annotations"]["openmarket/node-group"] == "batch"


@pytest.mark.parametrize("resource", ["shop-frontend-web-deployment", "database-users"])
def test_others_run_on_any_node_without_a_taint(resource: str) -> None:
    template = templates()[resource]
    assert "nodeSelector" not in template["spec"]
    assert "tolerations" not in template["spec"]
    assert "openmarket/node-group" not in template["metadata"].get("annotations", {})
