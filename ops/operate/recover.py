"""Puts in order what an operation leaves that was killed: locks, pending operations, pending Helm releases."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from analysis import stack_file
from ops import deployed, helm
from ops.aws import AwsError
from ops.caller import Caller, caller
from ops.cluster import Cluster, ClusterError, connected
from ops.deploy import engine
from ops.deploy.operations import Operation
from ops.deploy.summary import Target
from ops.errors import NotDeployed, fail
from ops.locks import Lock, UnknownLocks, locks
from ops.operate import adoption, pending, shop
from ops.operate.acting import Act, Consent, NotDone
from ops.operate.adoption import Decision
from ops.operate.pending import Exported
from ops.operate.showing import age

_RELEASE = "kubernetes:helm.sh/v3:Release"
_ENDED = ("deployed", "failed", "uninstalling")
"""States of a record that keep its release's name in use as well."""
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
    """What was left behind; `unknown` says what could not be looked at.

    Attributes:
        decision: What becomes of pending operations; None without any, or if AWS could not be asked about them.
    """

    state: Exported
    locks: Sequence[Lock] = ()
    records: Sequence[HelmRecord] = ()
    decision: Decision | None = None
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
        if not (found.locks or found.records or found.state.has_pending or found.state.has_resources):
            raise deployed.not_deployed(stack)
        for line in found.unknown:
            print(f"Not looked at: {line}")
        if running := next((each for each in found.locks if each.alive), None):
            fail(
                f"a deployment still runs here, as process {running.process} for {age(running.since)}: wait for its end"
            )
        steps = list(_steps(stack, found, cluster))
        if not steps:
            if not found.state.has_pending:
                print(f"Nothing to recover: {stack} has no lock, no pending operation and no pending Helm release.")
            return
        left = list(found.decision.left()) if found.decision else []

        def do(_: Caller) -> str:
            for _line, act in steps:
                act()
            more = "".join(f"\nLeft to you: {each}" for each in left)
            return f"{stack} can be deployed again: `{Target(stack).make('up')}` goes on from here.{more}"

        lines = [line for line, _ in steps]
        Act(stack, "recover", [*lines, *(f"leaves to you: {each}" for each in left)]).perform(consent, do)


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
    found = Findings(pending.export(stack))
    if found.state.has_pending:
        try:
            found.decision = adoption.decide(found.state, stack_file.region(stack), caller(stack).account)
        except AwsError as error:
            found.unknown.append(f"what AWS has of {pending.names(found.state.operations)} ({error}), so these stay")
    try:
        found.locks = locks(stack)
    except UnknownLocks as error:
        found.unknown.append(f"locks ({error}); `{Target(stack).pulumi('cancel')}` deletes them")
    created = {_release_of(each) for each in found.state.operations if each.type == _RELEASE}
    try:
        found.records = [
            each for each in (_records(cluster) if cluster else ())
            # One that Helm finished and Pulumi does not know: its name cannot be used again either.
            if each.status in helm.PENDING or (each.namespace, each.release) in created
        ]  # fmt: skip
    except ClusterError as error:
        # What was killed may have deleted the cluster, whose kubeconfig is an output until the stack is gone.
        why = str(error)
    if why:
        found.unknown.append(f"Helm releases ({why})")
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
        why = (
            "so Helm refuses every other operation" if each.status in helm.PENDING else "and Pulumi does not know of it"
        )
        yield (
            f"deletes Helm's record {each.name} in {each.namespace}: {each.release} is {each.status}, {why}; its "
            "objects stay, and the next deployment adopts them",
            lambda record=each: _delete(cluster, record),
        )
    if found.decision:
        yield from _settled(stack, found.state, found.decision)


def _settled(stack: str, state: Exported, decision: Decision) -> Iterator[tuple[str, Callable[[], None]]]:
    if decision.found:
        told = "; ".join(f"{each.told} is {decision.ids[each.urn]}" for each in decision.found)
        yield (
            f"takes into the state what AWS made although the engine did not hear of it: {told}. The state as it is "
            f"now is kept in {pending.copy_of(stack)}",
            lambda: _complete(stack, state, decision),
        )
    whats = {
        "of which AWS has nothing, so the next deployment creates it": decision.absent,
        "which the next deployment creates again, over what is there": decision.repeated,
        "of which AWS shows the end": decision.others,
        "which is left to you": [*(each for each, _ in decision.several), *decision.unknown],
    }
    told = [f"{pending.names(listed)}, {why}" for why, listed in whats.items() if listed]
    yield (
        f"{'forgets that ' + '. Forgets that '.join(told) + '. It ' if told else ''}"
        "compares the state with what is there",
        lambda: _refresh(stack),
    )


def _complete(stack: str, state: Exported, decision: Decision) -> None:
    adoption.await_aws(decision, stack_file.region(stack))
    pending.complete(stack, state, decision.ids)


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
        raise NotDone(
            "the state could not be compared with what is there, so it may lack values: correct the cause, and run "
            f"`{Target(stack).make('repair')}` before anything else"
        )


def _records(cluster: Cluster) -> Iterator[HelmRecord]:
    """Yield Helm's records by their labels: the Secrets themselves hold the values of charts."""
    columns = ",".join(f"{number}:.metadata.{path}" for number, path in enumerate(_COLUMNS))
    selector = helm.selector(*helm.PENDING, *_ENDED)
    words = ("--all-namespaces", "--selector", selector, "--no-headers", "--output", f"custom-columns={columns}")
    for line in cluster.run("get", "secrets", *words).splitlines():
        namespace, name, release, status = line.split()
        yield HelmRecord(namespace, name, release, status)


def _release_of(operation: pending.Operation) -> tuple[str, str]:
    return str(operation.inputs.get("namespace") or "default"), str(operation.inputs.get("name") or "")
