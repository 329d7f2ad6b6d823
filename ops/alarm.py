"""`alarm`: tell the people on call what a workflow found, through the topics of the stack's alarms."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from analysis import stack_file
from ops import aws
from ops.caller import caller
from ops.errors import fail

KEY = "openmarket:alarms"


@dataclass(frozen=True)
class Kind:
    """What a workflow may tell of."""

    severity: str
    """`critical` or `warning`."""
    meaning: str
    """A sentence on what it means for the shop."""


KINDS = {
    "deploy-failed": Kind(
        "critical",
        "A deployment failed, or the shop did not answer after it: part of it may be new and part old.",
    ),
    "drift": Kind(
        "warning",
        "Something in AWS or the cluster is not as the program has it, and may be what somebody relies on.",
    ),
}


def alarm(
    kind: Annotated[str, typer.Argument(help=f"What happened: {' or '.join(KINDS)}.")],
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    link: Annotated[str, typer.Option(help="The address of the run that found it, for the message.")] = "",
    preview: Annotated[
        Path | None,
        typer.Option(help="A folder with `<stack>.preview.json` of `plan --refresh`: tell only of drift in it."),
    ] = None,
) -> None:
    """Publish a message to the stack's topic of alarms."""
    from components.config.alarms import AlarmsConfig, topic_name

    if kind not in KINDS:
        fail(f"there is no alarm {kind!r}: there are {', '.join(KINDS)}")
    if preview and not _drift(stack, preview):
        print(f"{stack}: no drift.")
        return
    try:
        settings = stack_file.section(stack, KEY, AlarmsConfig)
        region, told = stack_file.region(stack), KINDS[kind]
        account = caller(stack).account
        given = {"critical": settings.topics.critical, "warning": settings.topics.warning}[told.severity]
        name = topic_name(stack_file.prefix(stack), told.severity)
        topic = given or f"arn:aws:sns:{region}:{account}:{name}"
        text = "\n".join(filter(None, [told.meaning, f"{settings.runbook or 'docs/runbook.md'}#{kind}", link]))
        subject = f"ALARM: {stack_file.prefix(stack)}-{kind}"
        aws.ask(region, "sns", "publish", "--topic-arn", topic, "--subject", subject, "--message", text)
    except (stack_file.BadStack, aws.AwsError) as error:
        fail(str(error))
    print(f"{stack}: told {topic}.")


def _drift(stack: str, folder: Path) -> bool:
    """Whether the stack differs from its state, or was not compared."""
    from analysis import preview
    from ops.differences import section

    file = folder / f"{stack}.preview.json"
    try:
        return bool(section(stack, preview.read(file) if file.exists() else None))
    except preview.BadPreview as error:
        fail(str(error))
