"""Brings a database back beside the one that there is, and moves the shop to it, through the stack file."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from analysis import stack_file
from analysis.preview import State
from components.config.database import DatabaseConfig, first_identifier
from ops import aws, deployed
from ops.caller import Caller
from ops.cluster import connected
from ops.deploy import engine
from ops.deploy.summary import Target
from ops.exported import from_stack
from ops.operate import backups, redeploying, shop, values_in_pods
from ops.operate.acting import Act, Consent, NotDone
from ops.operate.shop import BadArgument
from ops.stack_editing import file_of

SECTION = "openmarket:database"
_CLUSTER = "aws:rds/cluster:Cluster"


def restore(stack: str, origin: str, seconds: float, consent: Consent) -> None:
    """Make a database of a backup, and move the shop to it; the one that it used is kept.

    Of a stack that was deleted, the stack file gets to know the backup, and the next deployment begins with its data.

    `origin` is a time, `latest`, or the name or ARN of a snapshot.

    Raises:
        typer.Exit: It was declined or failed, and the reason has been printed.
        NotDeployed: The stack is not deployed, and RDS has no backup of its database.
        BadArgument: RDS has no such backup.
        BadState, BadStack, AwsError, ClusterError: As `shop.reporting_errors` reports them.
    """
    shop.stanzas(stack)
    settings, region = stack_file.section(stack, SECTION, DatabaseConfig), stack_file.region(stack)
    prefix = stack_file.prefix(stack)
    used, into = settings.identifier(prefix), f"{first_identifier(prefix)}-{datetime.now(UTC):%Y%m%d-%H%M}"
    if into in (used, *settings.previous):
        raise BadArgument(f"{into} was begun in this minute: wait for the next one, whose name is another")
    if not deployed.has_resources(stack):
        _prepare(stack, origin, used, into, consent)
        return
    backup = backups.find(region, used, origin)
    values = {
        "restoreFrom": {"into": into, **backup.keys},
        "previous": [*settings.previous, used],
    }
    file = file_of(stack).name
    lines = [
        f"makes the database {into} of {backup.what}, beside {used}",
        "sets today's passwords in it, and then moves the services to it, pod by pod; the names of their Secrets and "
        "variables stay",
        f"leaves what was written after {backup.taken} in {used}, and so what is written until the last pod has moved",
        f"keeps {used}, which costs as much as before, until `./openmarket ops restore --remove {used}`",
        f"writes restoreFrom and previous of {SECTION} into {file}, and deploys it with whatever else waits there",
    ]
    command = f"restore --from {origin}"

    def do(who: Caller) -> str:
        redeploying.deployed(stack, f"{file} keeps the change; {used} is as it was", command, who)
        if not backups.serving(region, into):
            raise NotDone(f"RDS does not say that {into} is available and has a writer: `{_doctor(stack)}` says more")
        with connected(stack) as cluster:
            moved = values_in_pods.wait(cluster, from_stack(stack), seconds)
        lost = f"a deployment without it goes back to {used}, and deletes {into} unless it is protected"
        return f"The shop uses {into}: {moved}. Commit {file} now: {lost}."

    _deploy(stack, values, command, lines, consent, do)


def _prepare(stack: str, origin: str, gone: str, into: str, consent: Consent) -> None:
    """Write into the file of a deleted stack of which backup its database is to be made."""
    try:
        backup = backups.find(stack_file.region(stack), gone, origin)
    except backups.NoBackups:
        raise deployed.not_deployed(stack) from None
    file, up = file_of(stack).name, Target(stack).make("up")
    lines = [
        f"writes restoreFrom of {SECTION} into {file}, and changes nothing in AWS, as {stack} is not deployed",
        f"lets the next deployment make the database {into} of {backup.what}, with passwords of its own",
        "takes the databases from before a restore out of previous, as they are gone with the stack",
        'needs the keys with which the backup is encrypted: docs/runbook.md, "Something was lost", brings them back',
    ]
    values: dict[str, Any] = {"restoreFrom": {"into": into, **backup.keys}, "previous": []}

    with redeploying.changed(
        stack, (SECTION,), values, lambda: stack_file.section(stack, SECTION, DatabaseConfig)
    ) as edit:

        def do(_: Caller) -> str:
            edit.kept = True
            return f"Commit {file}: `{up}` makes {stack} anew, with the data as of {backup.taken}."

        Act(stack, f"restore --from {origin}", lines).perform(consent, do)


def remove(stack: str, database: str, consent: Consent) -> None:
    """Delete a database from before a restore. Of a protected one, the protection is taken away first.

    Raises:
        typer.Exit: It was declined or failed, and the reason has been printed.
        NotDeployed: The stack is not deployed.
        BadArgument: It is none from before.
        BadState, BadStack, AwsError: As `shop.reporting_errors` reports them.
    """
    shop.stanzas(stack)
    deployed.check_resources(stack)
    settings, region = stack_file.section(stack, SECTION, DatabaseConfig), stack_file.region(stack)
    if database not in settings.previous:
        listed = ", ".join(settings.previous)
        known = f"those from before are {listed}" if listed else "there is none from before"
        used = settings.identifier(stack_file.prefix(stack))
        raise BadArgument(f"{database!r} is no database from before a restore: {known}, and the shop uses {used}")
    left = (
        f"RDS makes a last snapshot, {database}-final-<id>, and keeps its automatic backups until they expire"
        if stack_file.is_production(stack)
        else "nothing of it is left: no last snapshot, no automatic backup"
    )
    file, command = file_of(stack).name, f"restore --remove {database}"
    protected = [each.urn for each in from_stack(stack) if each.protect and _is(each, database)]
    lines = [f"deletes the database {database}, which no service uses; {left}"]
    if protected:
        lines.append("takes away its protection in AWS and in Pulumi's state first; that of everything else stays")
    lines.append(f"takes it out of previous of {SECTION} in {file}, and deploys that with whatever else waits there")

    def do(who: Caller) -> str:
        for urn in protected:
            done = engine.quiet("state", "unprotect", urn, "--yes", "--stack", stack, "--non-interactive")
            if done.returncode:
                raise NotDone(f"its protection stays: {done.stderr.strip().removeprefix('error: ')}")
            aws.ask(region, "rds", "modify-db-cluster", "--db-cluster-identifier", database, "--no-deletion-protection")
        redeploying.deployed(stack, f"{file} keeps the change", command, who)
        return f"{database} is deleted: {left}. Commit {file}."

    values = {"previous": [each for each in settings.previous if each != database]}
    # As long as it is protected, a preview refuses.
    _deploy(stack, values, command, lines, consent, do, preview=not protected)


def _deploy(
    stack: str,
    values: Mapping[str, Any],
    command: str,
    lines: Sequence[str],
    consent: Consent,
    do: Callable[[Caller], str],
    preview: bool = True,
) -> None:
    """Change the section, show what that changes, ask, and do it; what is declined leaves the file as it was."""
    with redeploying.edited(
        stack, (SECTION,), values, lambda: stack_file.section(stack, SECTION, DatabaseConfig)
    ) as edit:
        redeploying.perform(edit, Act(stack, command, lines), consent, do, preview)


def _is(state: State, database: str) -> bool:
    return state.type == _CLUSTER and state.outputs.get("clusterIdentifier") == database


def _doctor(stack: str) -> str:
    return Target(stack).run(f"./openmarket ops doctor --stack {stack}")
