"""The commands that act on a deployed shop. What they need is imported when they run."""

from typing import Annotated, Literal

import typer

from ops.operate.options import DryRun, Service, Stack, Yes


def restart(
    service: Service,
    stack: Stack = "dev",
    seconds: Annotated[int, typer.Option(help="How long to wait until all pods are new and ready.")] = 600,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Replace the pods of a service by new ones, without an outage, and wait for them.

    It is no change of the stack: a deployment neither sees it nor takes it back. Needs in AWS: eks:DescribeCluster, an
    access entry that may patch Deployments (administrators may), and reading of Pulumi's state.
    """
    from ops.operate import restart as restarting
    from ops.operate import shop
    from ops.operate.acting import Consent

    with shop.reporting_errors():
        restarting.restart(stack, service, seconds, Consent.given(yes, dry_run))


def run(
    task: Annotated[str, typer.Argument(help="The name of a task or a cron job, or the first part of it.")],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(help="Instead of the stanza's arguments; those with dashes after `--`."),
    ] = None,
    stack: Stack = "dev",
    seconds: Annotated[int, typer.Option(min=0, help="How long to wait. Default: as long as a run may take.")] = 0,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Run a task, or a cron job now, with the image, role and Secrets of the deployed release, and wait for its end.

    Prints the last lines of its log, and fails if the run does. Needs in AWS: eks:DescribeCluster, an access entry that
    may create Jobs and patch the status of CronJobs (administrators may), and reading of Pulumi's state.
    """
    from ops.operate import run as running
    from ops.operate import shop
    from ops.operate.acting import Consent

    with shop.reporting_errors():
        running.run(stack, task, arguments or [], seconds, Consent.given(yes, dry_run))


def rollback(
    service: Service,
    to: Annotated[
        str,
        typer.Option(
            help="The release: a deployment's number in `history`, a commit, tag or digest. Default: the one before."
        ),
    ] = "",
    stack: Stack = "dev",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Bring a service back to an earlier release, through the stack file and a deployment.

    Writes the image of that release into the stack file, previews, asks, and deploys. Needs in AWS what a deployment
    needs, and ecr:DescribeImages.
    """
    from ops.operate import rollback as back
    from ops.operate import shop
    from ops.operate.acting import Consent

    with shop.reporting_errors():
        back.rollback(stack, service, to, Consent.given(yes, dry_run))


def scale(
    service: Service,
    pods: Annotated[int, typer.Argument(min=1, help="The least number of pods.")],
    most: Annotated[int | None, typer.Option("--max", min=1, help="The largest number. Default: as it is.")] = None,
    now: Annotated[
        bool, typer.Option("--now", help="In the cluster, in seconds, until a deployment takes it back.")
    ] = False,
    seconds: Annotated[int, typer.Option(help="With --now: how long to wait for the pods.")] = 600,
    stack: Stack = "dev",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Change the least number of pods of a service, between which and the largest the autoscaler decides.

    Through the stack file and a deployment, for good: needs in AWS what a deployment needs. With --now in the cluster
    only: needs eks:DescribeCluster, an access entry that may patch autoscalers (administrators may), and reading of
    Pulumi's state.
    """
    from ops.operate import scale as scaling
    from ops.operate import shop
    from ops.operate.acting import Consent

    with shop.reporting_errors():
        consent = Consent.given(yes, dry_run)
        if now:
            scaling.scale_now(stack, service, pods, most, seconds, consent)
        else:
            scaling.scale(stack, service, pods, most, consent)


def maintenance(
    switch: Annotated[Literal["on", "off"], typer.Argument(help="on to show the page, off to serve again.")],
    message: Annotated[str, typer.Option(help="With on: the text of the page. Default: as it is.")] = "",
    host: Annotated[
        list[str] | None,
        typer.Option(help="With on: only this host, such as @ or admin. Repeatable; default: as it is."),
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(help="With on: a network that gets past the page. Repeatable; default: as it is."),
    ] = None,
    stack: Stack = "dev",
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Have the load balancer answer with the maintenance page in place of the shop, or end that.

    Through the stack file and a deployment: needs in AWS what a deployment needs.
    """
    from ops.operate import maintenance as page
    from ops.operate import shop
    from ops.operate.acting import Consent

    with shop.reporting_errors():
        given = {"message": message, "hosts": host, "allowedCidrs": allow}
        changed = {key: value for key, value in given.items() if value}
        if changed and switch == "off":
            raise shop.BadArgument("--message, --host and --allow are for `maintenance on`")
        page.switch(stack, switch == "on", changed, Consent.given(yes, dry_run))


def recover(stack: Stack = "dev", yes: Yes = False, dry_run: DryRun = False) -> None:
    """Put in order what an operation left that was killed: locks, pending operations, pending Helm releases.

    What AWS made although the engine did not hear of it is found by its tags or its own values, and taken into the
    state. Shows each, says what it will do about it, and asks. Needs in AWS: reading and writing of Pulumi's state,
    eks:DescribeCluster, an access entry that may list and delete Secrets (administrators may), and for pending
    operations what a deployment needs and tag:GetResources.
    """
    from ops.operate import recover as recovering
    from ops.operate import shop
    from ops.operate.acting import Consent

    with shop.reporting_errors():
        recovering.recover(stack, Consent.given(yes, dry_run))


def connect(
    target: Annotated[Literal["database", "cache", "pod"], typer.Argument(help="What to connect to.")],
    service: Annotated[
        str, typer.Argument(help="For pod: the service's name, or the first part of it, such as backend.")
    ] = "",
    stack: Stack = "dev",
    schema: Annotated[
        str, typer.Option(help="Of the database, a service's own schema. Default: the one that services share.")
    ] = "",
    write: Annotated[
        bool, typer.Option("--write", help="A session that may write; for pod, one as the service. Default: read only.")
    ] = False,
    minutes: Annotated[int, typer.Option(min=1, max=480, help="When the pod ends at the latest.")] = 60,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Open a session at the database, the cache or a service's place, through a hardened pod, which goes with it.

    The client or shell runs in the pod, on this terminal or with what comes in by a pipe; passwords and tokens stay in
    the pod, which has a network policy of its own. Needs in AWS: eks:DescribeCluster, an access entry that may create
    and delete Jobs, create network policies and execute in pods (administrators may), and reading of Pulumi's state.
    """
    from ops.operate import connect as connecting
    from ops.operate import shop
    from ops.operate.acting import Consent
    from ops.operate.sessions import Session

    with shop.reporting_errors():
        session, consent = Session(schema, write, minutes), Consent.given(yes, dry_run)
        if schema and target != "database":
            raise shop.BadArgument(f"--schema is for `connect database`: a {target} has none")
        if service and target != "pod":
            raise shop.BadArgument(f"a service such as {service} is for `connect pod`: there is one {target} for all")
        if target == "database":
            connecting.database(stack, session, consent)
        elif target == "cache":
            connecting.cache(stack, session, consent)
        elif service:
            connecting.pod(stack, service, session, consent)
        else:
            known = ", ".join(shop.stanzas(stack))
            raise shop.BadArgument(f"`connect pod` needs the name of a service: those of {stack} are {known}")
