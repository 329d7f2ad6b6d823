"""Shows what the pods of a service write."""

import subprocess
from collections.abc import Iterator, Sequence

import typer

from analysis import stack_file
from ops.cluster import Cluster, connected
from ops.errors import fail
from ops.objects import Object, container_statuses, name_of, parts
from ops.operate import shop


def logs(stack: str, service: str, container: str, follow: bool, since: str, tail: int, previous: bool) -> None:
    """Print the logs of all pods of the service, each line with its pod's name; an empty container is the service's.

    Raises:
        typer.Exit: kubectl failed, or there is nothing to show, and the reason has been printed.
        ClusterError, BadStack, BadArgument: As `shop.reporting_errors` reports them.
    """
    name = shop.service_of(stack, service)
    with connected(stack) as cluster:
        pods = cluster.objects(["pods"], stack_file.prefix(stack), shop.selector_of(name))
        if not pods:
            fail(f"{name} has no pods: `./openmarket ops status --stack {stack}` says why")
        wanted = container or name
        known = sorted({each["name"] for pod in pods for each in _containers(pod)})
        if wanted not in known:
            fail(f"{name} has no container {wanted!r}: its containers are {', '.join(known)}")
        if previous:
            _previous(cluster, stack, pods, wanted, since, tail)
            return
        selected = ["--selector", shop.selector_of(name), "--prefix", "--max-log-requests", str(len(pods))]
        words = [*selected, *_options(wanted, since, tail), *(["--follow"] if follow else [])]
        _print(cluster, stack, words)


def _previous(cluster: Cluster, stack: str, pods: Sequence[Object], container: str, since: str, tail: int) -> None:
    """Print what containers wrote before they were restarted. kubectl stops at the first pod that was not."""
    again = [pod for pod in pods if any(each["name"] == container for each in _restarted(pod))]
    if not again:
        fail(f"no container {container} of {len(pods)} pods was restarted: there is no log from before")
    for pod in again:
        _print(cluster, stack, [name_of(pod), "--prefix", "--previous", *_options(container, since, tail)])


def _options(container: str, since: str, tail: int) -> list[str]:
    # With a selector, kubectl shows ten lines of each pod unless it is told otherwise.
    return ["--container", container, "--tail", str(tail), *(["--since", since] if since else [])]


def _containers(pod: Object) -> Iterator[Object]:
    yield from parts(pod, "spec", "initContainers")
    yield from parts(pod, "spec", "containers")


def _restarted(pod: Object) -> Iterator[Object]:
    yield from (each for each in container_statuses(pod) if each.get("restartCount"))


def _print(cluster: Cluster, stack: str, words: Sequence[str]) -> None:
    """Let kubectl print. Ctrl-C, which ends it, is the way to stop following."""
    try:
        done = subprocess.run(cluster.command("logs", "--namespace", stack_file.prefix(stack), *words), check=False)
    except FileNotFoundError:
        fail("there is no `kubectl` command on PATH")
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    if done.returncode:
        raise typer.Exit(done.returncode)
