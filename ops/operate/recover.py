"""Takes away what an operation leaves that was killed: locks, pending operations, pending Helm releases."""

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from analysis.urns import name_of, type_of
from ops import deployed, helm
from ops.caller import Caller
from ops.cluster import Cluster, ClusterError, connected
from ops.deploy import engine
from ops.deploy.operations import Operation
from ops.deploy.summary import Target
from ops.errors import NotDeployed, fail
from ops.locks import Lock, UnknownLocks, locks
from ops.objects import part, parts
from ops.operate import shop
from ops.operate.acting import Act, Consent, NotDone
from ops.operate.deployments import BadHistory
from ops.operate.showing import age

_RELEASE = "kubernetes:helm.sh/v3:Release"
_NAMES = ("name", "bucket", "clusterIdentifier", "identifier", "replicationGroupId", "nodeGroupName", "cidrBlock")
"""Inputs by which one finds a resource in AWS, as most names are generated before it is created."""
_COLUMNS = ("namespace", "name", "labels.name", "labels.status")


@dataclass(frozen=True)
class HelmRecord:
    """Helm's record of a release's revision: a Secret."""

    namespace: str
    name: str
    release: str
    status: str


@dataclass
class Findings:
    """What was left behind; `unknown` says what could not be looked at."""

    locks: Sequence[Lock] = ()
    pending: Sequence[Mapping[str, Any]] = ()
    records: Sequence[HelmRecord] = ()
    unknown: list[str] = field(default_factory=list[str])


def recover(stack: str, consent: Consent) -> None:
    """Say what was left behind and what will be done about it, ask, and do it.

    Raises:
        typer.Exit: It was declined or failed, or a deployment still runs, and the reason has been printed.
        NotDeployed: The stack is not deployed, and nothing was left behind.
        BadStack, BadHistory, AwsError: As `shop.reporting_errors` reports them.
    """
    shop.stanzas(stack)
    with _connected(stack) as (cluster, why):
        found = _found(stack, cluster, why)
        left = bool(found.locks or found.pending or found.records)
        if not left:
            deployed.check_resources(stack)
        for line in found.unknown:
            print(f"Not looked at: {line}")
        if running := next((each for each in found.locks if each.alive), None):
            fail(
                f"a deployment still runs here, as process {running.process} for {age(running.since)}: wait for its end"
            )
        if not left:
            print(f"Nothing to recover: {stack} has no lock, no pending operation and no pending Helm release.")
            return
        steps = list(_steps(stack, found, cluster))

        def do(_: Caller) -> str:
            for _line, act in steps:
                act()
            return f"{stack} can be deployed again: `{Target(stack).make('up')}` goes on from here."

        Act(stack, "recover", [line for line, _ in steps]).perform(consent, do)


@contextmanager
def _connected(stack: str) -> Generator[tuple[Cluster | None, str]]:
    """Yield the cluster; or none and why, as what was killed may have been about to create it."""
    with ExitStack() as left:
        try:
            cluster, why = left.enter_context(connected(stack)), ""
        except (ClusterError, NotDeployed) as error:
            cluster, why = None, str(error)
        yield cluster, why


def _found(stack: str, cluster: Cluster | None, why: str) -> Findings:
    found = Findings(pending=_pending(stack))
    try:
        found.locks = locks(stack)
    except UnknownLocks as error:
        found.unknown.append(f"locks ({error}); `{Target(stack).pulumi('cancel')}` deletes them")
    if cluster is None:
        found.unknown.append(f"Helm releases ({why})")
    else:
        created = {_release_of(each) for each in found.pending if type_of(_urn(each)) == _RELEASE}
        found.records = [
            each for each in _records(cluster)
            # One that Helm finished and Pulumi does not know: its name cannot be used again either.
            if each.status in helm.PENDING or (each.status == "deployed" and (each.namespace, each.release) in created)
        ]  # fmt: skip
    return found


def _steps(stack: str, found: Findings, cluster: Cluster | None) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield sentences and what to do, in the order in which it is safe."""
    if found.locks:
        told = [f"by {each.user} on {each.host}, {age(each.since)} ago" for each in found.locks]
        ended = all(each.here for each in found.locks)
        sure = "whose process has ended" if ended else "which may still run there: make sure that it does not"
        yield (
            f"takes away the lock that was set {' and '.join(told)}, {sure}",
            lambda: _engine("cancel", "--yes", "--stack", stack),
        )
    for each in found.records if cluster else ():
        why = "and Pulumi does not know of it" if each.status == "deployed" else "so Helm refuses every other operation"
        yield (
            f"deletes Helm's record {each.name} in {each.namespace}: {each.release} is {each.status}, {why}; its "
            "objects stay, and the next deployment adopts them",
            lambda record=each: _delete(cluster, record),
        )
    if found.pending:
        # One that was begun again and again is there each time.
        told = dict.fromkeys(map(_told, found.pending))
        yield (
            f"forgets what the engine does not know the end of: {'; '.join(told)}. It compares the state with what "
            "is there; what was created without its knowledge stays under these names, and the next deployment says if "
            "it is in its way",
            lambda: _refresh(stack),
        )


def _delete(cluster: Cluster | None, record: HelmRecord) -> None:
    if cluster:
        try:
            cluster.run("delete", "secret", "--namespace", record.namespace, record.name)
        except ClusterError as error:
            raise NotDone(f"{record.name} could not be deleted: {error}") from None


def _engine(*words: str) -> None:
    done = engine.quiet(*words, "--non-interactive")
    if done.returncode:
        raise NotDone(f"`pulumi {words[0]}` failed: {done.stderr.strip().removeprefix('error: ')}")


def _refresh(stack: str) -> None:
    operation = Operation(stack, "refresh", "comparing", ("--yes", "--skip-preview", "--clear-pending-creates"))
    operation.select(create=False)
    if operation.run():
        operation.failed("repair")
        raise NotDone("pending operations are left: correct the cause, and run it again")


def _pending(stack: str) -> Sequence[Mapping[str, Any]]:
    done = deployed.ask(stack, "stack", "export")
    if done.returncode:
        raise BadHistory(f"the state of {stack} cannot be read: {done.stderr.strip().removeprefix('error: ')}")
    return parts(json.loads(done.stdout), "deployment", "pending_operations")


def _records(cluster: Cluster) -> Iterator[HelmRecord]:
    """Yield Helm's records by their labels: the Secrets themselves hold the values of charts."""
    columns = ",".join(f"{number}:.metadata.{path}" for number, path in enumerate(_COLUMNS))
    selector = helm.selector(*helm.PENDING, "deployed")
    words = ("--all-namespaces", "--selector", selector, "--no-headers", "--output", f"custom-columns={columns}")
    for line in cluster.run("get", "secrets", *words).splitlines():
        namespace, name, release, status = line.split()
        yield HelmRecord(namespace, name, release, status)


def _urn(operation: Mapping[str, Any]) -> str:
    return str(operation["resource"]["urn"])


def _told(operation: Mapping[str, Any]) -> str:
    inputs = part(operation, "resource", "inputs")
    known = next((inputs[key] for key in _NAMES if isinstance(inputs.get(key), str)), "")
    what = ", ".join(filter(None, (type_of(_urn(operation)), known)))
    return f"{name_of(_urn(operation))} ({what}) was {operation.get('type')}"


def _release_of(operation: Mapping[str, Any]) -> tuple[str, str]:
    inputs = part(dict(operation), "resource", "inputs")
    return str(inputs.get("namespace") or "default"), str(inputs.get("name") or "")
