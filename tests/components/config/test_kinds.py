"""Stanzas of each kind: what they may say, and what is said of those that are wrong."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components import config
from components.config.services import CronJobConfig, WebConfig
from components.config.services.schedule import shortest_gap_minutes
from tests.components.config.test_loading import message
from tests.components.kinds import CRON_JOB, IMAGE, PROXY, TASK, WORKER, with_kinds
from tests.components.program import STACKS, run

QUEUE = "arn:aws:sqs:ap-northeast-2:123456789012:orders"
SALE = {"start": "50 8 25 11 *", "end": "0 1 26 11 *", "timeZone": "Asia/Seoul", "replicas": 2}
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("mailer", {"hosts": ["mail"]}, 'mailer.hosts is ["mail"]\n    needs to go, or kind: web, as a service of kind'),
    ("mailer", {"port": 3000}, "mailer.port is 3000\n    needs to go, or kind: web"),
    ("mailer", {"schedule": "* * * * *"}, "needs to go, or kind: cronJob, as a service of kind worker has no schedule"),
    ("mailer", {"deadlineSeconds": 60}, "needs to go, or kind: cronJob or task, as a service of kind worker has no"),
    ("mailer", {"replica": 1}, "mailer.replica is 1\n    needs to go: no such key; did you mean replicas?"),
    ("mailer", {"kind": "job"}, "mailer.kind is job\n    needs one of web, worker, cronJob, task"),
    ("mailer", {"kind": ["worker"]}, 'mailer.kind is ["worker"]\n    needs one of web'),
    ("mailer", {"replicas": 0}, "mailer.replicas is 0\n    needs 1 or more"),
    ("mailer", {"drainSeconds": 100}, "mailer.drainSeconds is 100\n    needs seconds in which a worker"),
    ("mailer", {"health": {"startup": "/"}}, "mailer.health.startup is /\n    needs to go: no such key"),
    (
        "mailer",
        {"health": {"heartbeat": {"file": "/var/alive", "seconds": 30}}},
        "mailer.health.heartbeat.file is /var/alive\n    needs a file in a directory that the worker may write to",
    ),
    ("mailer", {"health": {"heartbeat": {"file": "/a b/c", "seconds": 30}}}, "mailer.health.heartbeat.file is /a b/c"),
    (
        "mailer",
        {"health": {"heartbeat": {"file": "/tmp/a", "seconds": 30}, "command": ["true"]}},  # noqa: S108
        'mailer.health.command is ["true"]\n    needs an empty list, as heartbeat is given',
    ),
    ("mailer", {"image": IMAGE}, "mailer.imageOf is backend-api\n    needs to be empty, as image is given"),
    ("mailer", {"imageOf": "mailer"}, "mailer.imageOf is mailer\n    needs another service with an image of its own"),
    ("mailer", {"imageOf": "nobody"}, "out of frontend-web, backend-api"),
    ("mailer", {"imageOf": "reindex"}, "out of frontend-web, backend-api: it runs another one's image itself"),
    ("mailer", {"build": {"context": ".."}}, "mailer.build.context is ..\n    needs to be empty, as the image is"),
    ("mailer", {"calls": ["nightly"]}, "backend-api: nightly is a cronJob, which answers no requests"),
    ("mailer", {"scheduledReplicas": [SALE | {"start": "50 8 25 11"}]}, "(4 fields instead of five)"),
    (
        "mailer",
        {"scheduledReplicas": [SALE, SALE | {"replicas": 4}]},
        "mailer.scheduledReplicas[1].replicas is 4\n    needs more than replicas (1), and at most maxReplicas (3)",
    ),
    ("mailer", {"scheduledReplicas": [SALE], "replicas": 2}, "needs more than replicas (2), and at most"),
    ("mailer", {"scheduledReplicas": [SALE, SALE]}, "(listed twice: start="),
    (
        "mailer",
        {"scheduledReplicas": [SALE | {"end": "50  8 25 11 *"}]},
        "mailer.scheduledReplicas[0].end is 50  8 25 11 *\n    needs another time than start",
    ),
    ("mailer", {"scheduledReplicas": [SALE | {"timeZone": "KST"}]}, "mailer.scheduledReplicas[0].timeZone is KST"),
    ("mailer", {"scheduledReplicas": [{"start": "0 9 * * *"}]}, "mailer.scheduledReplicas[0].end is missing"),
    ("mailer", {"requestTarget": 600}, "needs to go, or kind: web, as a service of kind worker has no requestTarget"),
    ("frontend-web", {"requestTarget": 0}, "frontend-web.requestTarget is 0\n    needs requests a minute and pod"),
    ("frontend-web", {"requestTarget": 600, "hosts": []}, "needs to go, as the load balancer sends no"),
    ("frontend-web", {"requestTarget": 600, "maxReplicas": 2}, "needs to go, as maxReplicas is 2, like replicas"),
    ("mailer", {"queue": {"arn": "orders"}}, "mailer.queue.arn is orders\n    needs the ARN of a queue in SQS"),
    ("mailer", {"queue": {"arn": QUEUE, "keyArn": "alias/a"}}, "mailer.queue.keyArn is alias/a\n    needs the ARN of"),
    ("mailer", {"queue": {"arn": QUEUE, "messagesPerPod": 0}}, "mailer.queue.messagesPerPod is 0\n    needs messages"),
    (
        "mailer",
        {"queue": {"arn": QUEUE, "messagesPerPod": 9}, "maxReplicas": 1},
        "mailer.queue.messagesPerPod is 9\n    needs to go, as maxReplicas is 1, like replicas",
    ),
    ("mailer", {"queue": {"arn": QUEUE}, "internet": False}, "needs true, as AWS has public addresses like other"),
    ("mailer", {"queue": {"arn": QUEUE.replace("-2", "-1")}}, "needs one in ap-northeast-2, the stack's region"),
    (
        "mailer",
        {"queue": {"arn": QUEUE, "keyArn": "arn:aws:kms:us-east-1:123456789012:key/a"}},
        "mailer.queue.keyArn is arn:aws:kms:us-east-1:123456789012:key/a\n    needs one in ap-northeast-2",
    ),
    ("nightly", {"queue": {"arn": QUEUE}}, "needs to go, or kind: web or worker, as a service of kind cronJob has no"),
    ("nightly", {"scheduledReplicas": []}, "needs to go, or kind: web or worker, as a service of kind cronJob has no"),
    ("nightly", {"replicas": 1}, "nightly.replicas is 1\n    needs to go, or kind: web or worker, as a service"),
    ("nightly", {"schedule": "@daily"}, "(1 fields instead of five)"),
    ("nightly", {"schedule": "60 * * * *"}, "(60 is no minute, which is 0 to 59)"),
    ("nightly", {"schedule": "0 0 * * 7"}, "(7 is no day of the week, which is 0 to 6)"),
    ("nightly", {"schedule": "0 5-4 * * *"}, "('5-4' is no hour)"),
    ("nightly", {"schedule": "*/0 * * * *"}, "('*/0' is no minute)"),
    ("nightly", {"schedule": "0 0 30 feb *"}, "(no month of it has such a day)"),
    ("nightly", {"schedule": "0 0 L * *"}, "(L is no day of the month, which is 1 to 31)"),
    ("nightly", {"timeZone": "Asia/Soeul"}, "(no such zone in the IANA data base)"),
    ("nightly", {"timeZone": "KST"}, "nightly.timeZone is KST"),
    ("nightly", {"concurrency": "two"}, "needs forbid (a run that is not over"),
    ("nightly", {"retries": -1}, "nightly.retries is -1\n    needs further attempts"),
    ("reindex", {"schedule": "0 0 * * *"}, "needs to go, or kind: cronJob, as a service of kind task has no schedule"),
    ("reindex", {"deadlineSeconds": 5}, "reindex.deadlineSeconds is 5\n    needs seconds, 10 to 604,800"),
    ("backend-api", {"schedule": "0 0 * * *"}, "or kind: cronJob, as a service of kind web has no schedule"),
    ("backend-api", {"ports": {"http": 9090}}, "(http is the name of the service's own port)"),
    ("backend-api", {"ports": {"metrics": 9090, "admin": 9090}}, "(given twice: 9090)"),
    ("backend-api", {"ports": {"metrics": 3000}}, "ports.metrics is 3000\n    needs another number, as port is 3000"),
    ("backend-api", {"ports": {"Metrics": 9090}}, "needs another name: further ports by name"),
    ("backend-api", {"health": {"protocol": "udp"}}, "health.protocol is udp\n    needs http, https"),
    ("backend-api", {"health": {"protocol": "tcp", "startup": "/"}}, "needs to go, as tcp has no paths"),
    ("backend-api", {"health": {"command": ["a"], "liveness": "/"}}, "needs to go, as a command is given"),
    ("backend-api", {"health": {"command": ["a"], "protocol": "tcp"}}, "health.protocol is tcp\n    needs to go, as a"),
    ("backend-api", {"health": {"protocol": "grpc"}}, "health.protocol is grpc\n    needs tcp, as the load balancer"),
    ("backend-api", {"protocolVersion": "grpc", "hosts": []}, "health.protocol is http\n    needs grpc or tcp, as"),
    ("mailer", {"sidecars": {"proxy": {}}}, "mailer.sidecars.proxy.image is missing\n    needs an image with a tag"),
    ("mailer", {"sidecars": {"proxy": PROXY | {"image": ""}}}, 'sidecars.proxy.image is ""\n    needs an image with'),
    ("mailer", {"sidecars": {"mailer": PROXY}}, "mailer.sidecars.mailer is mailer\n    needs another name"),
    ("mailer", {"sidecars": {"migration": PROXY}}, "sidecars.migration is migration\n    needs another name"),
    ("mailer", {"sidecars": {"proxy": PROXY | {"port": 80}}}, "sidecars.proxy.port is 80\n    needs a TCP port, 1024"),
    ("mailer", {"sidecars": {"proxy": PROXY | {"hosts": []}}}, "sidecars.proxy.hosts is []\n    needs to go"),
    ("mailer", {"sidecars": {"a": PROXY | {"port": 3000}, "b": PROXY | {"port": 3000}}}, "as sidecars.a has it"),
    ("backend-api", {"sidecars": {"proxy": PROXY | {"port": 3000}}}, "proxy.port is 3000\n    needs another number"),
    ("backend-api", {"kind": "worker"}, "backend-api.hosts is "),
]  # fmt: skip


@pytest.mark.parametrize(("service", "change", "expected"), WRONG, ids=lambda each: str(each)[:40])
def test_what_a_kind_does_not_have_or_allow_is_refused_by_its_key(
    service: str, change: dict[str, Any], expected: str
) -> None:
    settings = with_kinds()
    settings["openmarket:services"][service] |= change
    assert expected in message(settings).replace("openmarket:services.", "")


def test_all_problems_of_all_kinds_are_in_one_message() -> None:
    text = message(
        with_kinds(
            mailer={"hosts": ["mail"], "replicas": 0, "imageOf": "nobody"},
            nightly={"schedule": "hourly"},
            reindex={"kind": "batch"},
        )
    )
    keys = {line.split(" is ")[0].strip() for line in text.splitlines() if " is " in line and "openmarket:" in line}
    assert keys == {
        "openmarket:services.mailer.hosts",
        "openmarket:services.mailer.replicas",
        "openmarket:services.mailer.imageOf",
        "openmarket:services.nightly.schedule",
        "openmarket:services.reindex.kind",
    }


def test_a_service_may_be_called_like_a_kind() -> None:
    settings = with_kinds()
    services = settings["openmarket:services"]
    services["worker"] = services.pop("mailer") | {"hosts": ["mail"]}
    assert "openmarket:services.worker.hosts is " in message(settings)


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_may_have_all_kinds(stack: str) -> None:
    found: list[config.StackConfig] = []
    run(stack, with_kinds(stack), lambda: found.append(config.load()))
    (stack_config,) = found
    assert {name: each.kind for name, each in stack_config.services.items()} == {
        "frontend-web": "web",
        "backend-api": "web",
        "mailer": "worker",
        "nightly": "cronJob",
        "reindex": "task",
    }
    assert {stack_config.services[name].image for name in ("mailer", "nightly", "reindex")} == {IMAGE}


def test_a_kind_needs_no_more_than_its_own_keys() -> None:
    for stanza, needless in (
        (WORKER, ("health", "drainSeconds", "uses")),
        (CRON_JOB, ("timeZone",)),
        (TASK, ("command",)),
    ):
        settings = with_kinds()
        settings["openmarket:services"]["least"] = {
            key: value
            for key, value in stanza.items()
            if key not in (*needless, "imageOf", "internet", "calls", "arguments")
        }
        run("dev", settings, config.load)


def test_the_kind_of_a_web_service_may_be_written() -> None:
    settings = with_kinds()
    settings["openmarket:services"]["frontend-web"]["kind"] = "web"
    found: list[config.StackConfig] = []
    run("dev", settings, lambda: found.append(config.load()))
    assert isinstance(found[0].services["frontend-web"], WebConfig)


@pytest.mark.parametrize(
    ("schedule", "minutes"),
    [
        ("30 4 * * *", 24 * 60),
        ("* * * * *", 1),
        ("*/15 * * * *", 15),
        ("0 */6 * * MON-FRI", 360),
        ("5/20 8-18 * JAN,jul *", 20),
        ("0,50 * 1 * *", 10),
        ("0 0,23 29 2 *", 60),
    ],
)
def test_the_shortest_time_between_two_runs(schedule: str, minutes: int) -> None:
    assert shortest_gap_minutes(schedule) == minutes


@given(st.integers(1, 59), st.integers(10, 7 * 24 * 3600))
def test_runs_that_may_overlap_are_all_counted(step: int, deadline: int) -> None:
    stanza = CRON_JOB | {"schedule": f"*/{step} * * * *", "deadlineSeconds": deadline}
    assert CronJobConfig.model_validate(stanza).pods_at_most == 1
    allowed = CronJobConfig.model_validate(stanza | {"concurrency": "allow"})
    begins = [minute * 60 for minute in range(0, 60, step)]
    begins = [hour * 3600 + each for hour in range(2 * deadline // 3600 + 2) for each in begins]
    overlap = max(sum(0 <= now - begin < deadline for begin in begins) for now in begins)
    assert allowed.pods_at_most > overlap


def test_a_public_grpc_service_may_answer_the_health_protocol() -> None:
    settings = with_kinds("prod")
    stanza: dict[str, Any] = settings["openmarket:services"]["backend-api"]
    stanza |= {"health": {"protocol": "grpc"}, "protocolVersion": "grpc"}
    run("prod", settings, config.load)
    stanza["protocolVersion"] = "http2"
    assert "needs tcp, as the load balancer speaks http2" in message(settings, "prod")


def test_nodes_that_have_no_room_for_runs_are_refused_with_the_arithmetic() -> None:
    many = {"schedule": "* * * * *", "concurrency": "allow", "deadlineSeconds": 3600, "cpu": "1", "memory": "1Gi"}
    text = message(with_kinds(nightly=many))
    assert "      nightly: 61 runs at a time x 1 CPU, 1 GiB, 1 GiB of disk = 61 CPU, 61 GiB, 61 GiB of disk" in text
    assert "      reindex: 1 run x 0.1 CPU, 0.12 GiB, 1 GiB of disk = 0.1 CPU, 0.12 GiB, 1 GiB of disk" in text
