"""A stack with a worker, a cron job and tasks: they come up, run when they are told to, and nobody reaches them."""

import json
import sys
import time
from typing import Any

import pytest

from components.config.services import PLACEHOLDER_IMAGE
from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

NAMESPACE = "openmarket-dev"
SIZE = {"cpu": "100m", "memory": "128Mi"}
PROXY: dict[str, Any] = {
    "image": PLACEHOLDER_IMAGE, "arguments": ["serve-hostname", "--port=15000"], "port": 15000,
    "cpu": "50m", "memory": "64Mi",
}  # fmt: skip
STANZAS: dict[str, dict[str, Any]] = {
    "mailer": {
        "kind": "worker", "uses": ["cache"], "calls": ["backend-api"], "replicas": 1, "maxReplicas": 2, **SIZE,
        "command": ["node", "mailer.js"], "sidecars": {"proxy": PROXY},
        "health": {"heartbeat": {"file": "/tmp/alive", "seconds": 30}},  # noqa: S108
    },
    "nightly": {
        "kind": "cronJob", "schedule": "30 4 * * *", "timeZone": "Asia/Seoul", "uses": ["database"],
        "sidecars": {"proxy": PROXY}, **SIZE,
    },
    "often": {"kind": "cronJob", "schedule": "* * * * *", "deadlineSeconds": 50, "priority": "low", **SIZE},
    "archive": {
        "kind": "worker", "command": ["node", "archive.js"], "replicas": 1, "maxReplicas": 1, **SIZE,
        "volume": {"path": "/data", "size": "5Gi"},
    },
    "reindex": {"kind": "task", "uses": ["database"], "command": ["node", "reindex.js"], "arguments": ["all"], **SIZE},
}  # fmt: skip


@pytest.fixture(scope="module")
def kinds(deployed: Checkout) -> Checkout:
    """The stack dev with a service of each kind, which run the image of backend-api."""
    services = deployed.stack_file("dev")["openmarket:services"]
    image = deployed.emulator("push", f"{NAMESPACE}/backend-api", "1.0").stdout.strip()
    stanzas = {name: stanza | {"imageOf": "backend-api"} for name, stanza in STANZAS.items()}
    deployed.configure("dev", "services", **{"backend-api": services["backend-api"] | {"image": image}}, **stanzas)
    deployed.up("dev")
    return deployed


def get(checkout: Checkout, *words: str) -> dict[str, Any]:
    return checkout.kubectl("dev", "get", *words, "-n", NAMESPACE)


def run(checkout: Checkout, task: str, *words: str, check: bool = True) -> str:
    command = (sys.executable, "-m", "ops", "run", task, "--stack", "dev", "--yes", *words)
    result = checkout.run(*command, check=check)
    assert check or result.returncode == 1
    return result.stdout


def audit(checkout: Checkout) -> tuple[str, str]:
    """The last command that acted, and how it ended."""
    last = json.loads((checkout.path / ".emulator" / "audit.jsonl").read_text().splitlines()[-1])
    return last["command"], last["outcome"]


def test_they_are_one_release(kinds: Checkout) -> None:
    image = kinds.stack_file("dev")["openmarket:services"]["backend-api"]["image"]
    templates = [get(kinds, "deployment", "mailer")["spec"]["template"]]
    templates += [
        get(kinds, "cronjob", name)["spec"]["jobTemplate"]["spec"]["template"] for name in ("nightly", "reindex")
    ]
    assert {each["spec"]["containers"][0]["image"] for each in templates} == {image}


def test_the_worker_runs(kinds: Checkout) -> None:
    status = get(kinds, "deployment", "mailer")["status"]
    assert (status["readyReplicas"], status["updatedReplicas"]) == (1, 1)
    listed = json.loads(kinds.run(sys.executable, "-m", "ops", "status", "--stack", "dev", "--json").stdout)
    names = {each["name"]: each["ready"] for each in listed["services"]}
    assert names == {"archive": 1, "backend-api": 2, "frontend-web": 2, "mailer": 1}


def test_a_sidecar_runs_beside_the_worker(kinds: Checkout) -> None:
    (pod,) = get(kinds, "pods", "-l", "app.kubernetes.io/name=mailer")["items"]
    (proxy,) = [each for each in pod["status"]["initContainerStatuses"] if each["name"] == "proxy"]
    assert proxy["ready"]
    assert "running" in proxy["state"]
    assert pod["status"]["qosClass"] == "Guaranteed"


def test_a_second_deployment_finds_nothing_to_do(kinds: Checkout) -> None:
    kinds.up("dev", "--expect-no-changes")
    kinds.up("dev", "--refresh", "--expect-no-changes")


def test_an_operator_runs_a_task(kinds: Checkout) -> None:
    assert not [each for each in get(kinds, "jobs")["items"] if each["metadata"]["name"].startswith("reindex")]
    said = run(kinds, "reindex", "--", "--since", "yesterday; false")
    assert "runs reindex once, with these arguments: node reindex.js --since 'yesterday; false'" in said
    assert "  | emulator: no container runs here" in said, "the log of the run"
    assert " has ended with exit code 0 after " in said
    assert audit(kinds) == ("run reindex -- --since 'yesterday; false'", "done")
    (job,) = [each for each in get(kinds, "jobs")["items"] if each["metadata"]["name"].startswith("reindex")]
    pod = job["spec"]["template"]["spec"]
    assert pod["containers"][0]["args"] == ["--since", "yesterday; false"]
    assert pod["serviceAccountName"] == "reindex"
    assert [each["name"] for each in pod["initContainers"]] == ["wait-for-database"]


def test_an_operator_runs_a_cron_job_now(kinds: Checkout) -> None:
    assert " has ended with exit code 0 after " in run(kinds, "nightly")
    assert audit(kinds) == ("run nightly", "done")


def test_a_failing_task_fails_the_command(kinds: Checkout) -> None:
    code = {"spec": {"template": {"metadata": {"annotations": {"emulator.openmarket/exit-code": "3"}}}}}
    patch = json.dumps({"spec": {"jobTemplate": code}})
    kinds.kubectl("dev", "patch", "cronjob", "reindex", "-n", NAMESPACE, "--type", "merge", "-p", patch)
    said = run(kinds, "reindex", check=False)
    assert " has failed after " in said
    assert "exit code 3 (BackoffLimitExceeded" in said
    assert audit(kinds) == ("run reindex", "failed")
    # The alarm about a run by the schedule looks for one of the first two conditions, and for the owner.
    ended = [each for each in get(kinds, "jobs")["items"] if each["metadata"]["name"].startswith("reindex-run-")]
    (failed,) = [each for each in ended if each["status"].get("failed")]
    assert "Failed" in {each["type"] for each in failed["status"]["conditions"][:2]}
    assert failed["metadata"]["ownerReferences"][0]["name"] == "reindex"
    words = ("run", "--stack", "dev", "--", sys.executable, "-m", "ops", "doctor", "--stack", "dev", "--json")
    said = kinds.emulator(*words, check=False).stdout
    findings = json.loads(said[said.index("{") :])["findings"]
    assert ("FailedRun", "reindex") in {(each["kind"], each["data"].get("name")) for each in findings}


def test_a_failed_run_by_the_schedule_is_told(kinds: Checkout) -> None:
    metric = "OpenMarket/openmarket-dev-eks/FailedRuns-nightly"
    said = kinds.emulator("metric", metric, "1", "--stack", "dev").stdout
    assert "openmarket-dev-run-failed-nightly: INSUFFICIENT_DATA -> ALARM" in said
    messages = json.loads(kinds.emulator("messages", "openmarket-dev-alarms-warning", "--json").stdout)
    assert "docs/runbook.md#run-failed" in messages[-1]["text"]


def test_the_clock_runs_a_cron_job(kinds: Checkout) -> None:
    deadline = time.monotonic() + 120
    while not any(
        each["metadata"]["name"].startswith("often-") and each["status"].get("succeeded")
        for each in get(kinds, "jobs")["items"]
    ):
        assert time.monotonic() < deadline, "no run within two minutes"
        time.sleep(3)


def test_a_volume_outlives_the_pods(kinds: Checkout) -> None:
    before = get(kinds, "persistentvolumeclaim", "archive-data")
    assert before["status"]["phase"] == "Bound"
    bigger = STANZAS["archive"] | {"imageOf": "backend-api", "volume": {"path": "/data", "size": "8Gi"}, "cpu": "150m"}
    kinds.configure("dev", "services", archive=bigger)
    kinds.up("dev")
    claim = get(kinds, "persistentvolumeclaim", "archive-data")
    assert claim["spec"]["volumeName"] == before["spec"]["volumeName"]
    (pod,) = get(kinds, "pods", "-l", "app.kubernetes.io/name=archive")["items"]
    assert pod["spec"]["containers"][0]["resources"]["requests"]["cpu"] == "150m"
    assert {"name": "data", "persistentVolumeClaim": {"claimName": "archive-data"}} in pod["spec"]["volumes"]
    kinds.up("dev", "--refresh", "--expect-no-changes")


def test_a_volume_does_not_shrink(kinds: Checkout) -> None:
    kinds.configure("dev", "services", archive=STANZAS["archive"] | {"imageOf": "backend-api"})
    said = kinds.pulumi("preview", "dev", check=False)
    assert "can not be less than" in said
    bigger = STANZAS["archive"] | {"imageOf": "backend-api", "volume": {"path": "/data", "size": "8Gi"}}
    kinds.configure("dev", "services", archive=bigger)
    kinds.up("dev")


def test_a_service_takes_another_volume_as_the_runbook_says(kinds: Checkout) -> None:
    section = (
        (kinds.path / "docs" / "runbook.md").read_text().partition("### Bring a volume back")[2].partition("\n## ")[0]
    )
    steps = section.replace("-prod", "-dev").replace("prod", "dev").replace("search", "archive").replace("20Gi", "8Gi")
    stop, delete, *_, start = [line[2:].split() for line in steps.splitlines() if line.startswith("$ kubectl")]
    volume = steps.partition("<<'END'\n")[2].partition("\nEND\n")[0]
    (node,) = {each["spec"]["nodeName"] for each in get(kinds, "pods", "-l", "app.kubernetes.io/name=archive")["items"]}
    zone = kinds.kubectl("dev", "get", "node", node)["metadata"]["labels"]["topology.kubernetes.io/zone"]
    (kinds.path / "volume.yaml").write_text(volume.replace("ap-northeast-2a", zone))
    for words in (stop, delete, ["kubectl", "apply", "-f", "volume.yaml"]):
        kinds.emulator("run", "--stack", "dev", "--", *words)
    kinds.make("repair", "STACK=dev")
    kinds.emulator("run", "--stack", "dev", "--", *start)
    claim = get(kinds, "persistentvolumeclaim", "archive-data")
    assert (claim["status"]["phase"], claim["spec"]["volumeName"]) == ("Bound", "archive-data")
    kinds.kubectl("dev", "wait", "--for=condition=Available", "--timeout=60s", "deployment/archive", "-n", NAMESPACE)


def test_nobody_reaches_them(kinds: Checkout) -> None:
    services = {each["metadata"]["name"] for each in get(kinds, "services")["items"]}
    assert services == {"frontend-web", "backend-api"}
    for name in STANZAS:
        spec = get(kinds, "networkpolicy", name)["spec"]
        assert "ingress" not in spec
        assert "Ingress" in spec["policyTypes"]
        selected = spec["podSelector"]["matchLabels"].items()
        assert selected <= get(kinds, "serviceaccount", name)["metadata"]["labels"].items()


def test_one_that_becomes_another_kind_keeps_what_both_have(kinds: Checkout) -> None:
    before = get(kinds, "serviceaccount", "often")["metadata"]["uid"]
    worker = {"kind": "worker", "imageOf": "backend-api", "replicas": 1, "maxReplicas": 2, **SIZE}
    kinds.configure("dev", "services", often=worker)
    kinds.up("dev")
    assert get(kinds, "serviceaccount", "often")["metadata"]["uid"] == before
    assert get(kinds, "deployment", "often")["status"]["readyReplicas"] == 1
    assert "often" not in {each["metadata"]["name"] for each in get(kinds, "cronjobs")["items"]}
    kinds.up("dev", "--refresh", "--expect-no-changes")


def test_a_service_of_several_pods_gets_a_volume_and_goes_back(kinds: Checkout) -> None:
    several = {"kind": "worker", "imageOf": "backend-api", "replicas": 2, "maxReplicas": 2, **SIZE}
    alone = several | {"replicas": 1, "maxReplicas": 1, "volume": {"path": "/data", "size": "1Gi"}}
    for stanza, pods in ((several, 2), (alone, 1), (several, 2)):
        kinds.configure("dev", "services", often=None)
        kinds.configure("dev", "services", often=stanza)
        kinds.up("dev")
        (hpa,) = get(kinds, "hpa", "-l", "app.kubernetes.io/name=often")["items"]
        assert (hpa["spec"]["minReplicas"], hpa["spec"]["maxReplicas"]) == (pods, pods)
        wanted = f"--for=jsonpath={{.status.readyReplicas}}={pods}"
        # More are the autoscaler's to ask for, once a quarter of a minute.
        kinds.kubectl("dev", "wait", wanted, "--timeout=90s", "deployment/often", "-n", NAMESPACE)
        assert get(kinds, "deployment", "often")["spec"]["replicas"] == pods
    assert "often-data" not in {each["metadata"]["name"] for each in get(kinds, "persistentvolumeclaims")["items"]}


def test_one_that_goes_leaves_nothing(kinds: Checkout) -> None:
    kinds.configure("dev", "services", reindex=None, archive=None)
    kinds.up("dev")
    left = {each["metadata"]["name"] for each in get(kinds, "cronjobs,serviceaccounts,jobs")["items"]}
    assert not {name for name in left if name.startswith("reindex")}
