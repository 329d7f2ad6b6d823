"""Makes Jobs of a CronJob, and waits for their end."""

import secrets
import time
from collections.abc import Iterator, Sequence

from ops.cluster import Cluster, ClusterError
from ops.objects import Object, condition, container_statuses, exit_code, is_true, name_of, part, value
from ops.operate.acting import NotDone
from ops.operate.rollouts import not_ready

_PAUSE = 1.0
"""Seconds between two looks at the cluster."""
_LINE = 10.0
"""Seconds between two lines that say the same."""
_SHOWN = "20"
"""Lines of the log that are shown at the end."""


def job_from(cron_job: Object, arguments: Sequence[str]) -> Object:
    """Return a Job as `kubectl create job --from` makes it, with other arguments if there are any.

    It belongs to the CronJob, which keeps as many of its Jobs as its history may have.
    """
    template, metadata = part(cron_job, "spec", "jobTemplate"), part(cron_job, "metadata")
    owner = {"apiVersion": "batch/v1", "kind": "CronJob", "name": metadata["name"], "uid": metadata["uid"]}
    made: Object = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"{metadata['name']}-run-{secrets.token_hex(4)}",
            "namespace": metadata["namespace"],
            "labels": part(template, "metadata", "labels"),
            "annotations": {"cronjob.kubernetes.io/instantiate": "manual"},
            "ownerReferences": [{**owner, "controller": True}],
        },
        "spec": template["spec"],
    }
    if not arguments:
        return made
    pod = made["spec"]["template"]["spec"]
    first, *others = pod["containers"]
    spec = {**pod, "containers": [{**first, "args": list(arguments)}, *others]}
    return made | {"spec": {**made["spec"], "template": {**made["spec"]["template"], "spec": spec}}}


def active(jobs: Sequence[Object]) -> list[Object]:
    """Return the Jobs that have not ended."""
    return [job for job in jobs if not (is_true(job, "Complete") or is_true(job, "Failed"))]


def await_end(cluster: Cluster, namespace: str, job: Object, seconds: float) -> str:
    """Wait for the end of a Job, print what it wrote last, and return how it ended.

    Raises:
        NotDone: It failed, or goes on after these seconds.
        ClusterError: The cluster does not answer.
    """
    name, started, told, last = name_of(job), time.monotonic(), float("-inf"), ""
    print(f"started {name}; Ctrl-C ends the waiting and not the run", flush=True)
    while True:
        found = next((each for each in cluster.objects(["jobs.batch"], namespace) if name_of(each) == name), None)
        waited = time.monotonic() - started
        if found is None:
            raise NotDone(f"{name} is gone: somebody or its schedule has deleted it")
        if is_true(found, "Complete"):
            _show(cluster, namespace, name)
            return f"{name} has ended with exit code 0 after {waited:.0f} s."
        if is_true(found, "Failed"):
            _show(cluster, namespace, name)
            raise NotDone(f"{name} has failed after {waited:.0f} s: {_why(found, _pods(cluster, namespace, name))}")
        says = _state(found, _pods(cluster, namespace, name))
        if waited > seconds:
            logs = f"kubectl --namespace {namespace} logs --follow job/{name}"
            raise NotDone(f"{name} goes on after {waited:.0f} s ({says}): `{logs}` shows what it does")
        if says != last or waited - told >= _LINE:
            print(f"{waited:4.0f} s  {says}", flush=True)
            told, last = waited, says
        time.sleep(_PAUSE)


def _state(job: Object, pods: Sequence[Object]) -> str:
    failed = value(job, "status", "failed")
    again = f", after {failed} that failed" if failed else ""
    if reasons := not_ready(pods):
        return f"waiting for its pod{again}: {'; '.join(reasons)}"
    if any(value(pod, "status", "phase") == "Running" for pod in pods):
        return f"running{again}"
    return f"waiting for its pod{again}"


def _why(job: Object, pods: Sequence[Object]) -> str:
    failed = condition(job, "Failed")
    said = f"{failed.get('reason', '')}: {failed.get('message', '')}"
    codes = list(_exit_codes(pods))
    return f"exit code {codes[-1]} ({said})" if codes else said


def _exit_codes(pods: Sequence[Object]) -> Iterator[int]:
    """Yield the exit codes of containers that failed, in the order in which their pods were made."""
    for pod in sorted(pods, key=lambda each: str(value(each, "metadata", "creationTimestamp"))):
        for each in container_statuses(pod):
            if code := exit_code(each):
                yield code


def _show(cluster: Cluster, namespace: str, name: str) -> None:
    """Print the last lines that the newest pod wrote."""
    try:
        log = cluster.run("logs", f"job/{name}", "--namespace", namespace, "--tail", _SHOWN)
    except ClusterError as error:
        log = f"(no log: {error})"
    for line in log.splitlines():
        print(f"  | {line}")


def _pods(cluster: Cluster, namespace: str, job: str) -> Sequence[Object]:
    # Kubernetes itself gives the pods of a Job this label.
    return cluster.objects(["pods"], namespace, f"batch.kubernetes.io/job-name={job}")
