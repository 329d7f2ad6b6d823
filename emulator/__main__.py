"""Runs commands in the simulated AWS account, shows its status, and stops it: `python -m emulator`."""

import json
import os
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from emulator import (
    alarm_commands,
    database_commands,
    environment,
    kubeconfig,
    maintenance,
    processes,
    status,
    vpc_command,
)
from emulator.aws import images
from emulator.aws.tokens import CLUSTER
from emulator.kubernetes import control_plane
from emulator.paths import SETTINGS, STATE
from emulator.settings import STACK
from emulator.snapshots import commands
from emulator.store import Store, StoredObject

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def run(
    command: Annotated[list[str], typer.Argument(help="The command and its arguments.")],
    stack: Annotated[str, typer.Option(envvar="STACK", help="The stack whose cluster kubectl uses.")] = SETTINGS.stack,
) -> None:
    """Run a command with the emulator in place of AWS, such as `run -- kubectl get pods -A`."""
    try:
        environment.prepare()
        store = Store()
        clusters = store.find(CLUSTER)
        _announce(clusters)
        control_plane.ensure_all(cluster.id for cluster in clusters)
    except (FileNotFoundError, RuntimeError) as error:
        sys.exit(str(error))
    cluster, path = _cluster_of(stack, clusters), STATE / "kubeconfig" / f"{stack}.yaml"
    kubeconfig.write(path, kubeconfig.document(clusters, cluster))
    if Path(command[0]).name == "kubectl" and cluster not in {each.id for each in clusters}:
        deploy = SETTINGS.deploy.replace(STACK, stack)
        print(f"Stack {stack} has no cluster on the emulator: `{deploy}` creates it.", file=sys.stderr)
    sys.stdout.flush()
    try:
        os.execvpe(command[0], command, environment.variables(path, cluster))  # noqa: S606
    except FileNotFoundError:
        sys.exit(f"{command[0]}: no such command")
    except OSError as error:
        sys.exit(f"{command[0]} cannot be run: {error.strerror}")


def _announce(clusters: Iterable[StoredObject]) -> None:
    """Say which control planes have to be started first, as that takes seconds."""
    for cluster in clusters:
        if control_plane.exists(cluster.id) and not processes.alive(f"{cluster.id}/kube-apiserver"):
            print(f"Starting the control plane of {cluster.id}", file=sys.stderr, flush=True)


def _cluster_of(stack: str, clusters: Iterable[StoredObject]) -> str:
    """Return the name of the stack's cluster: by the settings, or else of the first one deployed; else empty."""
    if SETTINGS.cluster:
        return SETTINGS.cluster.replace(STACK, stack)
    return next((each.id for each in clusters if each.urn.startswith(f"urn:pulumi:{stack}::")), "")


@app.command("status")
def show_status(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """List the simulated AWS objects, the control planes and the processes."""
    report = status.collect(Store(), processes.recorded())
    if as_json:
        print(json.dumps(status.as_json(report), indent=2))
    else:
        status.show(report, Console())


@app.command()
def push(
    repository: Annotated[str, typer.Argument(help="Name of the repository, such as shop/backend.")],
    tag: Annotated[str, typer.Argument(help="Tag of the image.")],
) -> None:
    """Record an image as pushed to ECR, and print its name with digest, which can be used as a service's `image`."""
    try:
        print(images.push(Store(), repository, tag))
    except (LookupError, ValueError) as error:
        sys.exit(str(error))


app.command()(vpc_command.vpc)
app.command()(database_commands.rows)
app.command()(maintenance.window)
app.command()(maintenance.aws_acts)


@app.command()
def down() -> None:
    """Stop all processes of the emulator. The state is kept, and the next command starts them again."""
    found = processes.recorded()
    # Clients are stopped before their servers, so that logs do not fill with refused connections.
    for process in sorted(
        found, key=lambda p: p.name.endswith(("/etcd", "/kube-apiserver")) + p.name.endswith("/etcd")
    ):
        processes.stop(process.name)
    print(f"{len(found)} processes stopped.")


app.command()(alarm_commands.metric)
app.command("messages")(alarm_commands.list_messages)
app.command()(commands.save)
app.command()(commands.restore)
app.command("snapshots")(commands.list_snapshots)


def main() -> None:
    """Run a command; report unusable state in one line."""
    try:
        app()
    except (sqlite3.DatabaseError, OSError) as error:
        sys.exit(f"{STATE} cannot be used: {error}. To reset the simulated account, run `make down` and delete it.")


if __name__ == "__main__":
    main()
