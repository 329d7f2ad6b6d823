"""`python -m emulator`: run a command against the simulated account, look at it, stop it."""

import json
import os
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from emulator import environment, kubeconfig, processes, status
from emulator.aws import images
from emulator.aws.tokens import CLUSTER
from emulator.kubernetes import control_plane
from emulator.paths import SETTINGS, STATE
from emulator.settings import STACK
from emulator.store import Store, StoredObject

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__, pretty_exceptions_enable=False)


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def run(
    command: Annotated[list[str], typer.Argument(help="The command and its arguments.")],
    stack: Annotated[str, typer.Option(envvar="STACK", help="Whose cluster kubectl talks to.")] = SETTINGS.stack,
) -> None:
    """Run a command with the emulator in the place of AWS, such as `run -- kubectl get pods -A`."""
    store = Store()
    try:
        environment.prepare()
        clusters = store.find(CLUSTER)
        _announce(clusters)
        control_plane.ensure_all(cluster.id for cluster in clusters)
    except (FileNotFoundError, RuntimeError) as error:
        sys.exit(str(error))
    cluster, path = _cluster_of(stack, clusters), STATE / "kubeconfig" / f"{stack}.yaml"
    kubeconfig.write(path, kubeconfig.document(clusters, cluster))
    if Path(command[0]).name == "kubectl" and cluster not in {each.id for each in clusters}:
        deploy = SETTINGS.deploy.replace(STACK, stack)
        print(f"Stack {stack} has no cluster here: `{deploy}` makes it.", file=sys.stderr)
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
    """The name of the stack's cluster: as the settings have it, else of the first that it has deployed; or empty."""
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
    repository: Annotated[str, typer.Argument(help="A repository's name, such as shop/backend.")],
    tag: Annotated[str, typer.Argument(help="The image's tag.")],
) -> None:
    """Pretend that an image was pushed to ECR, and print its name with its digest: a value for a service's `image`."""
    try:
        print(images.push(Store(), repository, tag))
    except (LookupError, ValueError) as error:
        sys.exit(str(error))


@app.command()
def down() -> None:
    """Stop every process that the emulator started. Nothing is deleted: the next command starts them again."""
    found = processes.recorded()
    # Clients before what they talk to, so that logs do not fill with refused connections.
    for process in sorted(
        found, key=lambda p: p.name.endswith(("/etcd", "/kube-apiserver")) + p.name.endswith("/etcd")
    ):
        processes.stop(process.name)
    print(f"{len(found)} processes stopped.")


def main() -> None:
    """Run a command; state that cannot be read or written is told in one line."""
    try:
        app()
    except (sqlite3.DatabaseError, OSError) as error:
        sys.exit(f"{STATE} cannot be used: {error}. Deleting it closes the simulated account, and a new one begins.")


if __name__ == "__main__":
    main()
