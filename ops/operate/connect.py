"""Opens a session at the database, through a pod of its own that goes with the session."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from analysis import stack_file
from components.config.services.schema import SHOP_SCHEMA, users_name
from ops.caller import Caller
from ops.cluster import Cluster, ClusterError, connected
from ops.deploy.summary import Target
from ops.errors import fail
from ops.objects import Object, container_statuses, label, name_of, part, value
from ops.operate import shop
from ops.operate.acting import Act, Consent, NotDone
from ops.operate.database_session import (
    CONTAINER,
    JOB_LABEL,
    SCRIPT,
    image_of,
    secret_of,
    session_job,
    session_policy,
)
from ops.operate.rollouts import not_ready
from ops.operate.showing import lasting
from ops.operate.status_view import short

_PATIENCE = 300.0
"""Seconds for the pod to run: it may need a node first."""
_PAUSE = 1.0
"""Seconds between two looks at the cluster."""


@dataclass(frozen=True)
class Session:
    """A session at the database.

    Attributes:
        schema: A service's own schema; empty for the one that services share.
        write: True for a session that may write, at the writer. Otherwise it is read only, at a reader if there is one.
        minutes: When the pod ends at the latest.
    """

    schema: str
    write: bool
    minutes: int


def database(stack: str, session: Session, consent: Consent) -> None:
    """Start a pod that reaches the database, and open the client in it, on this terminal or for what stdin has.

    Args:
        stack: Name of the stack.
        session: Where it is, and what it may.
        consent: Leave to act.

    Raises:
        typer.Exit: There are no database users, it was declined or it failed, and the reason has been printed.
        ClusterError, BadStack, AwsError: As `shop.reporting_errors` reports them.
    """
    namespace = stack_file.prefix(stack)
    with connected(stack) as cluster:
        users, policy = _users(cluster, stack, session.schema)
        job = session_job(users, session.minutes)

        def do(_: Caller) -> str:
            began = time.monotonic()
            created = json.loads(_create(cluster, job))
            try:
                _create(cluster, session_policy(policy, created))
                pod = _pod(cluster, stack, name_of(created))
                code = _session(cluster, namespace, pod, stack, session.write)
                # A pod of the emulator says for a moment that it runs.
                if code and Target(stack).emulated:
                    raise _too_early(name_of(created), stack)
                if code:
                    raise NotDone(f"the session has ended with exit code {code}")
            finally:
                _delete(cluster, namespace, name_of(created), session.minutes)
            return f"The session has ended after {lasting(time.monotonic() - began)}."

        where = f" --schema {session.schema}" if session.schema else ""
        command = f"connect database{where}{' --write' if session.write else ''}"
        Act(stack, command, _lines(users, session)).perform(consent, do)


def _users(cluster: Cluster, stack: str, schema: str) -> tuple[Object, Object]:
    """Return the newest Job that made the users of the schema, and its network policy."""
    namespace, wanted = stack_file.prefix(stack), users_name(schema or SHOP_SCHEMA)
    jobs = cluster.objects(["jobs.batch"], namespace, shop.selector_of(wanted))
    newest = max(jobs, key=lambda each: str(value(each, "metadata", "creationTimestamp")), default=None)
    policies = cluster.objects(["networkpolicies.networking.k8s.io"], namespace)
    policy = next((each for each in policies if name_of(each) == wanted), None)
    if newest is None or policy is None or not secret_of(newest):
        repair = Target(stack).make("repair")
        used = f"the schema {schema}" if schema else "the database's shared schema (--schema is for another)"
        fail(
            f"{stack} has no Job {wanted} with its network policy: either no service uses {used}, "
            f"or `{repair}` brings them back"
        )
    return newest, policy


def _lines(users: Object, session: Session) -> list[str]:
    rights = (
        "at the writer, and may write"
        if session.write
        else "at a reader if there is one, and read only: that keeps from mistakes, as the user itself may write"
    )
    return [
        f"starts a pod of {short(image_of(users))}, which has no permission in AWS or in the cluster",
        "lets it reach the database and nothing else, by a network policy of its own",
        f"opens a session as the services' user, with {secret_of(users)} as files in the pod, {rights}",
        f"deletes the pod and the policy with the end of the session, or after {session.minutes} min",
    ]


def _create(cluster: Cluster, wanted: Object) -> str:
    return cluster.run("create", "--filename", "-", "--output", "json", text=json.dumps(wanted))


def _pod(cluster: Cluster, stack: str, job: str) -> str:
    """Wait for the Job's pod, and return its name."""
    namespace, started, last = stack_file.prefix(stack), time.monotonic(), ""
    while True:
        found = cluster.objects(["jobs.batch", "pods", "events"], namespace)
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


def _session(cluster: Cluster, namespace: str, pod: str, stack: str, write: bool) -> int:
    """Run the client in the pod until it ends, and return its exit code."""
    tty = ("--tty",) if sys.stdin.isatty() else ()
    script = ("sh", "-euc", SCRIPT.read_text(), "session", "write" if write else "read", stack)
    words = ("exec", "--stdin", *tty, "--namespace", namespace, pod, "--container", CONTAINER, "--", *script)
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
