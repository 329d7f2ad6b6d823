"""A session at a service's place: what its pod has of the service's and what it has not, and the shell in it."""

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from ops.operate.pod_session import SCRIPT, service_pod
from ops.operate.session_pod import JOB_LABEL, newest, session_job, session_policies
from tests.components.kinds import with_kinds
from tests.components.program import run_program

VOLUME = {"replicas": 1, "maxReplicas": 1, "volume": {"path": "/data", "size": "1Gi"}, "writable": ["/cache"]}
SERVICES = ("frontend-web", "backend-api", "mailer", "nightly", "reindex")


@pytest.fixture(scope="module")
def program() -> list[dict[str, Any]]:
    """The objects of a program with a service of each kind, as the cluster has them."""
    found = run_program("dev", with_kinds(mailer=VOLUME)).resources
    objects = [dict(each.inputs) | {"type": each.type} for each in found if each.type.startswith("kubernetes:")]
    return json.loads(json.dumps(objects))


def of(program: list[dict[str, Any]], type_: str) -> list[dict[str, Any]]:
    return [each for each in program if each["type"].endswith(type_)]


def workload(program: list[dict[str, Any]], name: str) -> dict[str, Any]:
    candidates = [*of(program, "apps/v1:Deployment"), *of(program, "batch/v1:CronJob")]
    return next(each for each in candidates if each["metadata"]["name"] == name)


def template(program: list[dict[str, Any]], name: str) -> dict[str, Any]:
    found = workload(program, name)
    return found["spec"].get("jobTemplate", found)["spec"]["template"]["spec"]


def policy(program: list[dict[str, Any]], name: str) -> dict[str, Any]:
    policies = of(program, "networking.k8s.io/v1:NetworkPolicy")
    return next(each for each in policies if each["metadata"]["name"] == name)


def job(program: list[dict[str, Any]], name: str, as_service: bool = False) -> dict[str, Any]:
    return session_job(service_pod(workload(program, name), policy(program, name), as_service), 30)


def spec(program: list[dict[str, Any]], name: str, as_service: bool = False) -> dict[str, Any]:
    return job(program, name, as_service)["spec"]["template"]["spec"]


def secrets(value: Any) -> Iterator[str]:
    """The names of the fields that refer to a Secret, at any depth."""
    if isinstance(value, dict):
        for key, each in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from [str(key)] if "secret" in str(key).lower() else []  # pyright: ignore[reportUnknownArgumentType]
            yield from secrets(each)
    elif isinstance(value, list):
        for each in value:  # pyright: ignore[reportUnknownVariableType]
            yield from secrets(each)


@pytest.mark.parametrize("name", SERVICES)
def test_by_default_it_has_no_secret_and_no_permission(program: list[dict[str, Any]], name: str) -> None:
    pod = spec(program, name)
    assert list(secrets(pod)) == []
    assert "serviceAccountName" not in pod
    assert pod["automountServiceAccountToken"] is False
    assert not any("projected" in volume for volume in pod["volumes"])


@pytest.mark.parametrize("as_service", [False, True])
def test_a_value_from_a_key_of_a_secret_counts_too(program: list[dict[str, Any]], as_service: bool) -> None:
    own = json.loads(json.dumps(workload(program, "backend-api")))
    (container,) = own["spec"]["template"]["spec"]["containers"]
    plain = {"name": "MODE", "value": "shop"}
    entry = {"name": "ZONE", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "zone"}}}
    secret = {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "key"}}}
    container["env"] = [plain, secret, entry]
    made = service_pod(own, policy(program, "backend-api"), as_service)
    assert made.container["env"] == ([plain, secret, entry] if as_service else [plain, entry])


def test_as_the_service_it_has_its_secrets_and_its_account(program: list[dict[str, Any]]) -> None:
    theirs, pod = template(program, "backend-api"), spec(program, "backend-api", as_service=True)
    (container,) = pod["containers"]
    assert container["envFrom"] == theirs["containers"][0]["envFrom"]
    assert any("secretRef" in each for each in container["envFrom"])
    assert pod["serviceAccountName"] == theirs["serviceAccountName"] == "backend-api"
    assert pod["automountServiceAccountToken"] is False


@pytest.mark.parametrize("as_service", [False, True])
@pytest.mark.parametrize("name", SERVICES)
def test_it_is_like_the_services_container_and_waits(
    program: list[dict[str, Any]], name: str, as_service: bool
) -> None:
    theirs, pod = template(program, name), spec(program, name, as_service)
    (container,) = pod["containers"]
    (own,) = theirs["containers"]
    assert container["command"][0] == "sleep"
    assert not {"args", "livenessProbe", "readinessProbe", "startupProbe", "ports", "lifecycle"} & container.keys()
    for key in ("image", "resources", "securityContext", "env"):
        assert container[key] == own[key]
    config = [each for each in own["envFrom"] if "configMapRef" in each]
    assert config
    assert [each for each in container["envFrom"] if "configMapRef" in each] == config
    assert pod["securityContext"] == theirs["securityContext"]
    assert "initContainers" not in pod


def test_its_nodes_are_the_services(program: list[dict[str, Any]]) -> None:
    own = json.loads(json.dumps(workload(program, "nightly")))
    bound = {"nodeSelector": {"group": "jobs"}, "tolerations": [{"key": "jobs", "operator": "Exists"}]}
    own["spec"]["jobTemplate"]["spec"]["template"]["spec"] |= bound
    made = service_pod(own, policy(program, "nightly"), as_service=False)
    assert {key: made.spec[key] for key in bound} == bound


@pytest.mark.parametrize("as_service", [False, True])
def test_the_volume_of_the_service_is_left_alone(program: list[dict[str, Any]], as_service: bool) -> None:
    assert any("persistentVolumeClaim" in each for each in template(program, "mailer")["volumes"])
    pod = spec(program, "mailer", as_service)
    assert all(each.keys() == {"name", "emptyDir"} for each in pod["volumes"])
    mounts = pod["containers"][0]["volumeMounts"]
    assert {each["mountPath"] for each in mounts} == {"/tmp", "/cache"}  # noqa: S108
    assert {each["name"] for each in mounts} == {each["name"] for each in pod["volumes"]}


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_of_the_stack_takes_it_for_a_pod_of_the_service(program: list[dict[str, Any]], name: str) -> None:
    labels = job(program, name, as_service=True)["spec"]["template"]["metadata"]["labels"]
    services = [each["spec"]["selector"] for each in of(program, "core/v1:Service")]
    matched = [each["spec"]["selector"]["matchLabels"] for each in of(program, "apps/v1:Deployment")]
    budgets = [each["spec"]["selector"]["matchLabels"] for each in of(program, "policy/v1:PodDisruptionBudget")]
    policies = [
        each["spec"]["podSelector"].get("matchLabels") or {}
        for each in of(program, "networking.k8s.io/v1:NetworkPolicy")
    ]
    assert services
    assert matched
    assert budgets
    for selector in (*services, *matched, *budgets, *filter(None, policies)):
        assert not selector.items() <= labels.items(), selector


@pytest.mark.parametrize("name", SERVICES)
def test_its_ways_are_the_services(program: list[dict[str, Any]], name: str) -> None:
    theirs = policy(program, name)
    created = {"metadata": {"name": "connect-pod-1", "uid": "u-1"}}
    own, *others = session_policies(service_pod(workload(program, name), theirs, as_service=False), created)
    assert own["spec"]["egress"] == theirs["spec"].get("egress", [])
    assert own["spec"]["podSelector"] == {"matchLabels": {JOB_LABEL: "connect-pod-1"}}
    assert own["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in own["spec"]
    names = [each["metadata"]["name"] for each in (own, *others)]
    assert len(names) == len(set(names))
    assert all(each["metadata"]["ownerReferences"][0]["uid"] == "u-1" for each in (own, *others))


def test_those_whom_the_service_calls_let_it_in(program: list[dict[str, Any]]) -> None:
    """As its policy lets it out to them, and theirs admits the pods of the service alone."""
    theirs = policy(program, "frontend-web")
    created = {"metadata": {"name": "connect-pod-1", "uid": "u-1"}}
    pod = service_pod(workload(program, "frontend-web"), theirs, as_service=False)
    (other,) = session_policies(pod, created)[1:]
    (admitting,) = [
        rule
        for rule in policy(program, "backend-api")["spec"]["ingress"]
        if any(
            peer.get("podSelector", {}).get("matchLabels", {}).get("app.kubernetes.io/name") for peer in rule["from"]
        )
    ]
    assert other["spec"]["podSelector"] == {"matchLabels": {"app.kubernetes.io/name": "backend-api"}}
    assert other["spec"]["policyTypes"] == ["Ingress"]
    (rule,) = other["spec"]["ingress"]
    assert rule["ports"] == admitting["ports"]
    assert rule["from"] == [{"podSelector": {"matchLabels": {JOB_LABEL: "connect-pod-1"}}}]


def test_the_newest_workload_counts() -> None:
    older, newer = ({"metadata": {"creationTimestamp": f"2026-11-{day}T05:00:00Z"}} for day in ("01", "26"))
    assert newest([newer, older]) == newer
    assert newest([]) is None


def test_a_pipe_decides_on_the_exit_code() -> None:
    done = subprocess.run(
        ["sh", "-c", SCRIPT, "session", "dev, backend-api"],
        input=b"echo here\nexit 3\n",
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, b"here\n")


def test_people_see_where_they_are_and_end_well() -> None:
    ours, theirs = pty.openpty()
    command = ["sh", "-c", SCRIPT, "session", "dev, backend-api"]
    session = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, b"false\nexit\n")
    seen = b""
    try:
        while chunk := os.read(ours, 4096):
            seen += chunk
    except OSError:
        pass
    os.close(ours)
    assert session.wait(30) == 0
    assert b"dev, backend-api> " in seen
