"""Makes the pod of a session, runs the session in it, and deletes the pod, whatever happens."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from ops.caller import Caller
from ops.cluster import Cluster, ClusterError
from ops.deploy.summary import Target
from ops.objects import Object, container_statuses, label, name_of, part, value
from ops.operate.acting import Act, Consent, NotDone
from ops.operate.rollouts import not_ready
from ops.operate.session_pod import JOB_LABEL, SessionPod, session_job, session_policies
from ops.operate.showing import lasting

_PATIENCE = 300.0
"""Seconds for the pod to run: it may need a node first."""
_PAUSE = 1.0
"""Seconds between two looks at the cluster."""


@dataclass(frozen=True)
class Session:
    """A session, and what it may.

    Attributes:
        schema: Of the database, a service's own schema; empty for the one that services share.
        write: True for a session that may write, or that has the rights of the service at whose place it is.
        minutes: When the pod ends at the latest.
    """

    schema: str
    write: bool
    minutes: int

    @property
    def mode(self) -> str:
        """What the scripts in the pods call it."""
        return "write" if self.write else "read"

    @property
    def option(self) -> str:
        """What the audit line has of it."""
        return " --write" if self.write else ""


def hold(
    cluster: Cluster, act: Act, consent: Consent, pod: SessionPod, session: Session, script: Sequence[str]
) -> None:
    """Make the pod and its policies, run the script in the pod until it ends, and delete them."""
    stack, job = act.stack, session_job(pod, session.minutes)

    def do(_: Caller) -> str:
        began = time.monotonic()
        created = json.loads(_create(cluster, job))
        try:
            for policy in session_policies(pod, created):
                _create(cluster, policy)
            code = _session(cluster, pod, _running(cluster, pod, stack, name_of(created)), script)
            # A pod of the emulator says for a moment that it runs.
            if code and Target(stack).emulated:
                raise _too_early(name_of(created), stack)
            if code:
                raise NotDone(f"the session has ended with exit code {code}")
        finally:
            _delete(cluster, pod.namespace, name_of(created), session.minutes)
        return f"The session has ended after {lasting(time.monotonic() - began)}."

    act.perform(consent, do)


def _create(cluster: Cluster, wanted: Object) -> str:
    return cluster.run("create", "--filename", "-", "--output", "json", text=json.dumps(wanted))


def _running(cluster: Cluster, made: SessionPod, stack: str, job: str) -> str:
    """Wait for the Job's pod, and return its name."""
    started, last = time.monotonic(), ""
    while True:
        found = cluster.objects(["jobs.batch", "pods", "events"], made.namespace)
        pods = [each for each in found if each["kind"] == "Pod" and label(each, JOB_LABEL) == job]
        for pod in pods:
            if any("running" in part(each, "state") for each in container_statuses(pod)):
                return name_of(pod)
        # A Job that has ended deletes itself, and its pod with it.
        if not any(each["kind"] == "Job" and name_of(each) == job for each in found):
            raise _too_early(job, stack)
        says = "; ".join(not_ready(pods) or _warnings(found, job)) or "waiting for the pod"
        if time.monotonic() - started > _PATIENCE:
            raise NotDone(f"the pod does not run after {_PATIENCE:.0f} s: {says}")
        if says != last:
            print(says, flush=True)
            last = says
        time.sleep(_PAUSE)


def _too_early(job: str, stack: str) -> NotDone:
    why = ", as no container runs on the emulator" if Target(stack).emulated else ""
    return NotDone(f"{job} has ended before the session{why}")


def _warnings(found: Sequence[Object], job: str) -> list[str]:
    """Return why Kubernetes makes no pod for the Job, such as a quota that is used up."""
    events = (each for each in found if each["kind"] == "Event" and each.get("type") == "Warning")
    told = (str(each.get("message", "")) for each in events if value(each, "involvedObject", "name") == job)
    return list(dict.fromkeys(told))


def _session(cluster: Cluster, made: SessionPod, pod: str, script: Sequence[str]) -> int:
    """Run the script in the pod until it ends, and return its exit code."""
    tty = ("--tty",) if sys.stdin.isatty() else ()
    container = ("--container", str(made.container["name"]))
    words = ("exec", "--stdin", *tty, "--namespace", made.namespace, pod, *container, "--", *script)
    try:
        return subprocess.run(cluster.command(*words), check=False).returncode
    except FileNotFoundError:
        raise NotDone("there is no `kubectl` command on PATH") from None


def _delete(cluster: Cluster, namespace: str, job: str, minutes: int) -> None:
    """Delete the Job, and with it what belongs to it."""
    try:
        cluster.run("delete", "jobs.batch", job, "--namespace", namespace, "--ignore-not-found", "--wait=false")
    except ClusterError as error:
        print(f"{job} is still there, and ends by itself within {minutes} min: {error}", file=sys.stderr)
