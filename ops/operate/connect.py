"""Opens a session at the database or the cache, through a pod of its own that goes with the session."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from analysis import stack_file
from components.config.database import DatabaseConfig
from components.config.services.schema import SHOP_SCHEMA, users_name
from ops.caller import Caller
from ops.cluster import Cluster, ClusterError, connected
from ops.deploy.summary import Target
from ops.errors import fail
from ops.objects import Object, container_statuses, label, name_of, part, value
from ops.operate import cache_session, database_session, shop
from ops.operate.acting import Act, Consent, NotDone
from ops.operate.rollouts import not_ready
from ops.operate.session_pod import JOB_LABEL, SessionPod, session_job, session_policy
from ops.operate.showing import lasting
from ops.operate.status_view import short

_PATIENCE = 300.0
"""Seconds for the pod to run: it may need a node first."""
_PAUSE = 1.0
"""Seconds between two looks at the cluster."""


@dataclass(frozen=True)
class Session:
    """A session at the database or the cache.

    Attributes:
        schema: Of the database, a service's own schema; empty for the one that services share.
        write: True for a session that may write. Otherwise it is read only.
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
    with connected(stack) as cluster:
        pod = database_session.database_pod(*_users(cluster, stack, session.schema))
        rights = (
            "at the writer, and may write"
            if session.write
            else "at a reader if there is one, and read only: that keeps from mistakes, as the user itself may write"
        )
        where = f" --schema {session.schema}" if session.schema else ""
        lines = _lines(
            pod, session, "database", f"as the services' user, with {pod.secret} as files in the pod, {rights}"
        )
        script = ("sh", "-euc", database_session.SCRIPT.read_text(), "session", session.mode, stack)
        _open(cluster, Act(stack, f"connect database{where}{session.option}", lines), consent, pod, session, script)


def cache(stack: str, session: Session, consent: Consent) -> None:
    """Start a pod that reaches the cache, and open a client in it, on this terminal or for what stdin has.

    Args:
        stack: Name of the stack.
        session: What it may.
        consent: Leave to act.

    Raises:
        typer.Exit: No service uses the cache, it was declined or it failed, and the reason has been printed.
        ClusterError, BadStack, AwsError: As `shop.reporting_errors` reports them.
    """
    with connected(stack) as cluster:
        pod = _cache_pod(cluster, stack)
        rights = (
            "and may write"
            if session.write
            else "read only: the client refuses what writes, which keeps from mistakes, as the token itself may"
        )
        lines = _lines(pod, session, "cache", f"with {pod.secret} as files in the pod, {rights}")
        words = ("session", session.mode, stack, str(cache_session.PORT))
        script = ("bash", "-euc", cache_session.SCRIPT.read_text(), *words)
        _open(cluster, Act(stack, f"connect cache{session.option}", lines), consent, pod, session, script)


def _open(
    cluster: Cluster, act: Act, consent: Consent, pod: SessionPod, session: Session, script: Sequence[str]
) -> None:
    """Make the pod and its policy, run the script in the pod until it ends, and delete both."""
    stack, job = act.stack, session_job(pod, session.minutes)

    def do(_: Caller) -> str:
        began = time.monotonic()
        created = json.loads(_create(cluster, job))
        try:
            _create(cluster, session_policy(pod, created))
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


def _users(cluster: Cluster, stack: str, schema: str) -> tuple[Object, Object]:
    """Return the newest Job that made the users of the schema, and its network policy."""
    namespace, wanted = stack_file.prefix(stack), users_name(schema or SHOP_SCHEMA)
    jobs = cluster.objects(["jobs.batch"], namespace, shop.selector_of(wanted))
    newest = max(jobs, key=lambda each: str(value(each, "metadata", "creationTimestamp")), default=None)
    policies = cluster.objects(["networkpolicies.networking.k8s.io"], namespace)
    policy = next((each for each in policies if name_of(each) == wanted), None)
    if newest is None or policy is None or not database_session.secret_of(newest):
        repair = Target(stack).make("repair")
        used = f"the schema {schema}" if schema else "the database's shared schema (--schema is for another)"
        fail(
            f"{stack} has no Job {wanted} with its network policy: either no service uses {used}, "
            f"or `{repair}` brings them back"
        )
    return newest, policy


def _cache_pod(cluster: Cluster, stack: str) -> SessionPod:
    """Return the pod of a session at the cache, by a service that uses it and that service's network policy."""
    namespace, image = stack_file.prefix(stack), stack_file.section(stack, "openmarket:database", DatabaseConfig).client
    user = cache_session.user_of_cache(cluster.objects(cache_session.KINDS, namespace))
    policies = cluster.objects(["networkpolicies.networking.k8s.io"], namespace)
    policy = next((each for each in policies if user and name_of(each) == name_of(user)), None)
    pod = cache_session.cache_pod(image, user, policy) if user and policy else None
    if pod is None or not pod.egress:
        repair = Target(stack).make("repair")
        fail(
            f"{stack} has no service that uses the cache, with its network policy: either no stanza has cache in "
            f"`uses`, or `{repair}` brings them back"
        )
    return pod


def _lines(pod: SessionPod, session: Session, place: str, how: str) -> list[str]:
    return [
        f"starts a pod of {short(pod.container['image'])}, which has no permission in AWS or in the cluster",
        f"lets it reach the {place} and nothing else, by a network policy of its own",
        f"opens a session {how}",
        f"deletes the pod and the policy with the end of the session, or after {session.minutes} min",
    ]


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
