"""Pods that do not start or become ready: the cause is told once for all pods of a service."""

from typing import Any

import pytest

from ops.doctor.finding import Cause, Harm, Ref
from ops.doctor.pod_causes import Crash, FailingProbe, MissingImage
from tests.ops.doctor.world import (
    COMMANDS,
    INGRESS,
    NAMESPACE,
    NODE,
    PODS,
    STATE,
    ago,
    deployment,
    event,
    found,
    kinds,
    node,
    one,
    pod,
    said,
    unready,
    waiting,
    world,
)  # fmt: skip

METRICS = Ref("Deployment", "kube-system", "metrics-server")
ECR = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/openmarket-dev/web:2"


def test_a_healthy_stack_has_no_finding() -> None:
    assert found(world()) == []


def test_pods_of_before_keep_serving_while_a_release_waits_for_its_image() -> None:
    new = pod("web", 3, status=waiting("ImagePullBackOff", "Back-off pulling image", ECR))
    pulled = event(new, "Failed", f'Failed to pull image "{ECR}": failed to pull {ECR}: not found')
    diagnosis = one(world(new, pulled))
    assert kinds([diagnosis]) == ["MissingImage"]
    assert diagnosis.harm is Harm.BLOCKED
    words = diagnosis.root.cause.words(COMMANDS)
    assert words.what == "The image of web does not exist"
    assert "openmarket:services.web.image" in words.first
    assert words.next == "make images SERVICES=web STACK=dev ON=aws"


@pytest.mark.parametrize(
    ("message", "what"),
    [
        ("pull access denied, repository does not exist or may require authorization: denied", "may not pull"),
        ("failed to do request: dial tcp 1.2.3.4:443: i/o timeout", "cannot be pulled"),
        ("rpc error: code = NotFound desc = no such manifest", "does not exist"),
    ],
)
def test_the_registrys_answer_says_what_is_wrong_with_an_image(message: str, what: str) -> None:
    new = pod("web", 3, status=waiting("ErrImagePull", message, ECR))
    assert any(what in line for line in said(found(world(new))))


def test_an_image_that_somebody_set_by_hand_is_taken_back() -> None:
    new = pod("web", 3, status=waiting("ImagePullBackOff", "not found", ECR))
    diagnosis = one(world(new, deployment("web", image=ECR)))
    words = diagnosis.root.cause.words(COMMANDS)
    assert words.next == f"kubectl -n {NAMESPACE} rollout undo deployment/web"


@pytest.mark.parametrize(
    "cause",
    [
        MissingImage(METRICS, "it", ECR, "not found", False),
        FailingProbe(METRICS, "readiness", "/ready", "80", "HTTP probe failed with statuscode: 404", False),
        Crash(METRICS, "metrics-server-1", "it", 137, "OOMKilled", ()),
    ],
    ids=lambda cause: type(cause).__name__,
)
def test_what_is_no_service_has_no_key_in_the_stacks_file(cause: Cause) -> None:
    words = cause.words(COMMANDS)
    assert not words.first
    assert words.next.startswith("kubectl -n kube-system ")
    assert "metrics-server" in words.next


def test_without_any_ready_pod_the_shop_is_down() -> None:
    broken = [pod("web", number, status=waiting("ImagePullBackOff", "not found", ECR)) for number in (1, 2)]
    diagnosis = one(world(pods=broken))
    assert diagnosis.harm is Harm.DOWN


@pytest.mark.parametrize(
    ("message", "told", "key"),
    [
        ("HTTP probe failed with statuscode: 404", "asks for /ready, which web does not have", "health.readiness"),
        ('Get "http://100.64.0.3:3000/ready": dial tcp 100.64.0.3:3000: connect: connection refused',
         "Nothing listens at port http of web", ""),
        ("HTTP probe failed with statuscode: 500", "The readiness probe of web fails", ""),
    ],
)  # fmt: skip
def test_a_failing_probe_is_told_once(message: str, told: str, key: str) -> None:
    pods = [pod("web", number, status=unready()) for number in (3, 4)]
    events = [
        event(each, "Unhealthy", f"Readiness probe failed: {message}".replace("100.64.0.3", each["status"]["podIP"]))
        for each in pods
    ]
    diagnosis = one(world(*pods, *events))
    words = diagnosis.root.cause.words(COMMANDS)
    assert told in words.what
    assert key in words.first
    assert diagnosis.harm is Harm.BLOCKED


def test_a_probe_that_somebody_changed_by_hand_is_taken_back() -> None:
    new = pod("web", 3, status=unready())
    failing = event(new, "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404")
    words = one(world(new, failing, deployment("web", path="/other"))).root.cause.words(COMMANDS)
    assert "rollout undo" in words.next


def test_a_pod_that_has_just_begun_is_no_finding() -> None:
    assert found(world(pod("web", 3, status=unready()))) == []


@pytest.mark.parametrize(
    "message", ['Error: secret "shop-1" not found', "Error: couldn't find key A in Secret {}/shop-1"]
)
def test_what_a_pod_misses_is_named(message: str) -> None:
    new = pod("web", 3, status=waiting("CreateContainerConfigError"))
    failed = event(new, "Failed", message.format(NAMESPACE))
    diagnosis = one(world(new, failed))
    assert kinds([diagnosis]) == ["MissingConfiguration"]
    assert diagnosis.root.because[0] == Ref("Secret", NAMESPACE, "shop-1")


def test_a_crash_shows_its_last_lines() -> None:
    terminated = {"terminated": {"exitCode": 3, "reason": "Error"}}
    new = pod("web", 3, status=waiting("CrashLoopBackOff", lastState=terminated))
    logs = {Ref("Pod", NAMESPACE, "web-abc-3"): ("Error: DB_HOST is not set",)}
    words = one(world(new, logs=logs)).root.cause.words(COMMANDS)
    assert words.what == "web crashes again and again with exit code 3"
    assert words.why == ("Error: DB_HOST is not set",)
    assert words.next == f"kubectl -n {NAMESPACE} logs web-abc-3 -c web --previous"


def test_a_container_that_is_killed_for_its_memory_needs_more() -> None:
    killed = {"terminated": {"exitCode": 137, "reason": "OOMKilled"}}
    new = pod("web", 3, status=waiting("CrashLoopBackOff", lastState=killed))
    words = one(world(new)).root.cause.words(COMMANDS)
    assert "more memory" in words.what
    assert "openmarket:services.web.memory" in words.first


def test_a_liveness_probe_that_fails_is_why_a_pod_is_restarted() -> None:
    new = pod("web", 3, status=waiting("CrashLoopBackOff"))
    failing = event(new, "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 503")
    assert one(world(new, failing)).root.cause.words(COMMANDS).what == "The liveness probe of web fails"


GATE = "target-health.elbv2.k8s.aws/k8s-web"


def gated(**gates: Any) -> dict[str, Any]:
    status = unready(**gates)
    return pod("web", 3, status=status, spec={"readinessGates": [{"conditionType": GATE}]})


def test_an_unhealthy_target_tells_the_load_balancers_reason() -> None:
    status = gated(**{GATE: ("False", "Target.Timeout", "Request timed out")})
    diagnosis = one(world(status))
    assert kinds([diagnosis]) == ["UnhealthyTarget"]
    assert "Target.Timeout" in diagnosis.root.cause.words(COMMANDS).why


def test_targets_nobody_registers_come_after_the_controller_that_is_away() -> None:
    waits = gated(Other="True")
    ingress = INGRESS | {"status": {}}
    away = Ref("Pod", "kube-system", "aws-load-balancer-controller-abc-9")
    diagnosis = one(world(waits, ingress, without=[away]))
    assert kinds([diagnosis]) == ["NoAddress"]
    assert [type(each.cause).__name__ for each in diagnosis.consequences] == ["UnhealthyTarget"]
    assert diagnosis.harm is Harm.DOWN


def test_pods_on_a_node_that_does_not_answer_come_after_it() -> None:
    silent = node(Ready=("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status."))
    pods = [pod("web", number, status=unready()) for number in (1, 2)]
    events = [event(each, "Unhealthy", "Readiness probe failed: timeout") for each in pods]
    diagnosis = one(world(silent, *events, pods=pods))
    assert kinds([diagnosis]) == ["NodeTrouble"]
    assert diagnosis.harm is Harm.DOWN
    assert any(NODE.partition(".")[0] in line for line in said([diagnosis]))


def test_pods_that_go_are_not_looked_at() -> None:
    leaving = pod("web", 3, status=waiting("ImagePullBackOff"))
    leaving["metadata"]["deletionTimestamp"] = ago(1)
    assert found(world(leaving, pods=PODS, state=STATE)) == []


def test_a_hotfix_that_serves_hurts_later() -> None:
    diagnosis = one(world(deployment("web", image="shop:hotfix")))
    assert diagnosis.harm is Harm.LATER
    words = diagnosis.root.cause.words(COMMANDS)
    assert words.what == "Somebody has changed image of web by hand"
    assert "openmarket:services.web" in words.first
    waits = pod("web", 3, status=unready())
    assert found(world(deployment("web", image="shop:hotfix"), waits)) == []
