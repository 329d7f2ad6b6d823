"""A service under another name is told as such, with what does not come along."""

from typing import Any

import pytest

from analysis.preview import State, Step
from ops.comment.facts import Renamed
from ops.comment.finding import Severity
from ops.comment.review import Review, review
from ops.comment.verdict import reasons
from tests.ops.previews import change, preview

DEPLOYMENT, CRON_JOB = "kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:CronJob"
KINDS = {DEPLOYMENT: "WebService", CRON_JOB: "CronJob"}


def of_shop(type_: str, name: str, component: str, **inputs: Any) -> State:
    urn = f"urn:pulumi:dev::openmarket::openmarket:workloads:Shop$openmarket:workloads:{component}${type_}::{name}"
    return State(urn=urn, type=type_, inputs=inputs, custom=True)


def runs(service: str, type_: str = DEPLOYMENT, **container: Any) -> State:
    pod = {"spec": {"containers": [{"name": service, "image": f"{service}@sha256:1", **container}]}}
    template = {"template": pod} if type_ == DEPLOYMENT else {"jobTemplate": {"spec": {"template": pod}}}
    return of_shop(type_, f"{service}-it", KINDS[type_], metadata={"name": service}, spec=template)


def belonging(type_: str, name: str) -> Step:
    return change("delete", of_shop(type_, name, "Stores"), None)


def went(state: State) -> Step:
    return change("delete", state, None)


def came(state: State) -> Step:
    return change("create", None, state)


def facts(seen: Review) -> list[Renamed]:
    return [each.fact for each in seen.findings if isinstance(each.fact, Renamed)]


WEB: dict[str, Any] = {"ports": [{"containerPort": 3000}], "resources": {"limits": {"cpu": "500m"}}}
OTHER_PORT: dict[str, Any] = WEB | {"ports": [{"containerPort": 80}]}


def test_what_runs_alike_under_another_name_is_the_same_service() -> None:
    seen = review(preview(went(runs("backend-api", **WEB)), came(runs("orders", **WEB))))
    assert facts(seen) == [Renamed("backend-api", "orders", (), ("BACKEND_API_URL", "ORDERS_URL"))]
    assert seen.severity >= Severity.LOOK
    (said,) = [line for line in reasons(seen) if "under another name" in line]
    assert "callers read `ORDERS_URL` in place of `BACKEND_API_URL`" in said


def test_what_does_not_come_along_is_said() -> None:
    steps = [
        went(runs("backend-api", **WEB)), came(runs("orders", **WEB)),
        belonging("aws:ecr/repository:Repository", "data-backend-api-images"),
        belonging("aws:cloudwatch/logGroup:LogGroup", "data-backend-api-logs"),
        belonging("aws:secretsmanager/secret:Secret", "data-other-secrets"),
    ]  # fmt: skip
    (fact,) = facts(review(preview(*steps)))
    assert [each.split(",")[0] for each in fact.left] == ["the images", "its logs"]


def test_a_job_has_no_callers() -> None:
    job: dict[str, Any] = {"command": ["node", "report.js"]}
    (fact,) = facts(review(preview(went(runs("report", CRON_JOB, **job)), came(runs("nightly", CRON_JOB, **job)))))
    assert fact.variables is None


@pytest.mark.parametrize(
    "steps",
    [
        [went(runs("backend-api", **WEB))],
        [came(runs("orders", **WEB))],
        [went(runs("backend-api", **WEB)), came(runs("orders", **OTHER_PORT))],
        [went(runs("backend-api", command=["a"])), came(runs("orders", CRON_JOB, command=["a"]))],
    ],
    ids=["only gone", "only new", "another port", "another kind"],
)
def test_others_are_not(steps: list[Step]) -> None:
    assert facts(review(preview(*steps))) == []


def test_each_that_comes_is_told_of_one_that_goes() -> None:
    gone = [went(runs(name, **WEB)) for name in ("a", "b")]
    found = facts(review(preview(*gone, *(came(runs(name, **WEB)) for name in ("c", "d", "e")))))
    assert [(each.old, each.new) for each in found] == [("a", "c"), ("b", "d")]
