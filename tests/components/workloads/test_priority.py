"""Pods of a service of low priority make room for others, and those of the others know of no priority."""

from typing import Any

from tests.components.kinds import with_kinds
from tests.components.program import Deployed, run_program

LOW = {"mailer": "shop-mailer-deployment", "nightly": "shop-nightly-cron-job"}
CLASS = "scheduling.k8s.io/v1:PriorityClass"


def deployed(*low: str) -> Deployed:
    settings = with_kinds()
    for name in low:
        settings["openmarket:services"][name]["priority"] = "low"
    return run_program("dev", settings)


def pods(stack: Deployed) -> dict[str, dict[str, Any]]:
    """The specs of pods by the resource that they are of."""
    found = {each.name: each.inputs["spec"]["template"]["spec"] for each in stack.of("apps/v1:Deployment")}
    runs = stack.of("batch/v1:CronJob")
    return found | {each.name: each.inputs["spec"]["jobTemplate"]["spec"]["template"]["spec"] for each in runs}


def test_pods_of_low_priority_have_a_class_below_all_others_which_is_there_before_them() -> None:
    stack = deployed(*LOW)
    (created,) = stack.of(CLASS)
    # The Cluster Autoscaler adds no nodes for pods below -10.
    assert -10 <= created.inputs["value"] < 0
    classes = {name: spec.get("priorityClassName") for name, spec in pods(stack).items()}
    named = created.inputs["metadata"]["name"]
    assert {name: each for name, each in classes.items() if each} == dict.fromkeys(LOW.values(), named)
    assert all(created.name in stack.needed[resource] for resource in LOW.values())


def test_without_such_a_service_there_is_no_class() -> None:
    assert deployed().of(CLASS) == []
