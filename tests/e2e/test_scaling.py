"""A service that requests and the clock scale, and that changes its autoscaler without losing a pod."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emulator.aws.tokens import ROLE_POLICY
from tests.e2e.checkout import Checkout
from tests.e2e.doctor import JSON, healthy, only, until, without

pytestmark = pytest.mark.e2e

NAMESPACE, SERVICE, WORKER = "openmarket-dev", "frontend-web", "mailer"
USUAL, SALE = 2, 4
PATIENCE_SECONDS = 120
"""The autoscaler looks every 15 seconds, and doubles the pods within a minute."""


def get(checkout: Checkout, *words: str) -> dict[str, Any]:
    return checkout.kubectl("dev", "get", *words, "-n", NAMESPACE)


def pods(checkout: Checkout) -> int:
    return get(checkout, "deployment", SERVICE)["spec"]["replicas"]


def autoscalers(checkout: Checkout) -> list[str]:
    """The names of the service's autoscalers."""
    listed = get(checkout, "horizontalpodautoscalers")["items"]
    return [each["metadata"]["name"] for each in listed if each["spec"]["scaleTargetRef"]["name"] == SERVICE]


def configure(checkout: Checkout, **keys: Any) -> None:
    stanza = {**checkout.stack_file("dev")["openmarket:services"][SERVICE], **keys}
    kept = {key: value for key, value in stanza.items() if value is not None}
    checkout.configure("dev", "services", **{SERVICE: kept})


def wait_for(found: Callable[[], object], wanted: object, seconds: float = PATIENCE_SECONDS) -> None:
    ends = time.monotonic() + seconds
    while found() != wanted and time.monotonic() < ends:
        time.sleep(2)
    assert found() == wanted


def schedule(start: datetime) -> list[dict[str, Any]]:
    end = start + timedelta(hours=2)
    times = {"start": f"{start.minute} {start.hour} * * *", "end": f"{end.minute} {end.hour} * * *"}
    return [{**times, "timeZone": "Etc/UTC", "replicas": SALE}]


def trigger(checkout: Checkout) -> dict[str, str]:
    """What the ScaledObject says of the metric in CloudWatch."""
    triggers = get(checkout, "scaledobject", SERVICE)["spec"]["triggers"]
    (found,) = [each["metadata"] for each in triggers if each["type"] == "aws-cloudwatch"]
    return found


def count_requests(checkout: Checkout, requests: int) -> None:
    """Let CloudWatch have counted so many requests in a minute."""
    group = trigger(checkout)["dimensionValue"].partition(";")[2]
    names = ("AWS/ApplicationELB/RequestCount", str(requests), "--stack", "dev")
    checkout.emulator("metric", *names, "--dimension", f"TargetGroup={group}")


def test_requests_scale_it(deployed: Checkout) -> None:
    configure(deployed, requestTarget=600)
    deployed.up("dev")
    assert autoscalers(deployed) == [f"keda-hpa-{SERVICE}"]
    waits = "wait", f"horizontalpodautoscaler/keda-hpa-{SERVICE}", "--for=condition=ScalingActive", "--timeout=60s"
    deployed.kubectl("dev", *waits, "-n", NAMESPACE)
    assert pods(deployed) == USUAL, "a metric without a value is 0"
    # The target group's name has the first letters of the service, and the load balancer's those of the namespace.
    balancer, _, group = trigger(deployed)["dimensionValue"].partition(";")
    assert balancer.startswith("app/k8s-")
    assert group.startswith("targetgroup/k8s-openmark-frontend-")
    count_requests(deployed, 600 * SALE - 100)
    wait_for(lambda: pods(deployed), SALE)


def test_an_autoscaler_that_may_not_ask_cloudwatch(deployed: Checkout) -> None:
    with without(deployed, only(deployed, ROLE_POLICY, "keda-identity-metrics")):

        def right(found: JSON) -> None:
            (finding,) = found["findings"]
            assert finding["kind"] == "MissingPolicies"
            assert [each["kind"] for each in finding["consequences"]] == ["Unanswered"]
            assert "cloudwatch:GetMetricData" in finding["consequences"][0]["why"][0]

        until(deployed, right)
        assert pods(deployed) == SALE
    healthy(deployed)


def test_the_clock_scales_it_besides(deployed: Checkout) -> None:
    count_requests(deployed, 0)
    opens = datetime.now(UTC) + timedelta(minutes=9)
    configure(deployed, scheduledReplicas=schedule(opens))
    deployed.up("dev")
    assert autoscalers(deployed) == [f"keda-hpa-{SERVICE}"]
    rest = (opens.replace(second=0) - datetime.now(UTC)).total_seconds()
    wait_for(lambda: pods(deployed), USUAL, rest)
    time.sleep(max(0.0, (opens.replace(second=0) - datetime.now(UTC)).total_seconds()))
    wait_for(lambda: pods(deployed), SALE)
    metrics = get(deployed, "horizontalpodautoscaler", f"keda-hpa-{SERVICE}")["status"]["currentMetrics"]
    assert {each["type"] for each in metrics} == {"Resource", "External"}


def sqs(checkout: Checkout, command: str, *words: str) -> dict[str, Any]:
    done = checkout.run("aws", "sqs", command, *words).stdout.strip()
    return json.loads(done) if done else {}


def mailers(checkout: Checkout) -> int:
    return get(checkout, "deployment", WORKER)["spec"]["replicas"]


def waiting(checkout: Checkout) -> str:
    """The messages per pod, as the autoscaler of the worker sees them."""
    found = get(checkout, "horizontalpodautoscaler", f"keda-hpa-{WORKER}")["status"].get("currentMetrics") or []
    return next((each["external"]["current"]["averageValue"] for each in found if each["type"] == "External"), "")


def test_a_queue_scales_a_worker(deployed: Checkout) -> None:
    url = sqs(deployed, "create-queue", "--queue-name", "orders")["QueueUrl"]
    region, account_id = url.split(".")[1], url.split("/")[3]
    queue = {"arn": f"arn:aws:sqs:{region}:{account_id}:orders", "messagesPerPod": 2}
    stanza = {"kind": "worker", "replicas": 1, "maxReplicas": 4, "cpu": "50m", "memory": "64Mi", "queue": queue}
    deployed.configure("dev", "services", **{WORKER: stanza})
    deployed.up("dev")
    (container,) = get(deployed, "deployment", WORKER)["spec"]["template"]["spec"]["containers"]
    assert {"name": "QUEUE_URL", "value": url} in container["env"]
    wait_for(lambda: waiting(deployed), "0")
    assert mailers(deployed) == 1
    for number in range(6):
        sqs(deployed, "send-message", "--queue-url", url, "--message-body", f"order {number}")
    # What is in work counts too.
    (message,) = sqs(deployed, "receive-message", "--queue-url", url)["Messages"]
    assert message["Body"] == "order 0"
    wait_for(lambda: mailers(deployed), 3)
    sqs(deployed, "delete-message", "--queue-url", url, "--receipt-handle", message["ReceiptHandle"])
    sqs(deployed, "purge-queue", "--queue-url", url)
    wait_for(lambda: waiting(deployed), "0")
    sqs(deployed, "delete-queue", "--queue-url", url)

    def right(found: JSON) -> None:
        (finding,) = found["findings"]
        assert finding["kind"] == "Unanswered"
        assert "NonExistentQueue" in finding["why"][0]

    until(deployed, right)
    assert mailers(deployed) == 3, "no pod goes while nobody knows how many messages there are"
    deployed.configure("dev", "services", **{WORKER: {key: value for key, value in stanza.items() if key != "queue"}})
    deployed.up("dev")


def test_back_to_kubernetes_own_autoscaler(deployed: Checkout) -> None:
    configure(deployed, scheduledReplicas=None, requestTarget=None)
    deployed.up("dev")
    wait_for(lambda: autoscalers(deployed), [f"{SERVICE}-hpa"])
    assert pods(deployed) == SALE
    events = get(deployed, "events")["items"]
    assert not [
        each["message"]
        for each in events
        if each.get("reason") == "SuccessfulRescale" and each["involvedObject"]["name"] == f"{SERVICE}-hpa"
    ]
    releases = deployed.kubectl("dev", "get", "deployments", "-n", "kube-system")["items"]
    assert not [each["metadata"]["name"] for each in releases if each["metadata"]["name"].startswith("keda")]
    waits = "wait", f"horizontalpodautoscaler/{SERVICE}-hpa", "--for=condition=ScalingActive", "--timeout=60s"
    deployed.kubectl("dev", *waits, "-n", NAMESPACE)


def test_a_stack_with_it_is_destroyed(deployed: Checkout) -> None:
    configure(deployed, scheduledReplicas=schedule(datetime.now(UTC) - timedelta(hours=1)), requestTarget=1)
    deployed.up("dev")
    deployed.destroy("dev")
    assert deployed.status()["objects"] == {}
