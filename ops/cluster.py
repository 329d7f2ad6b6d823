"""Asks a stack's cluster, with the `kubectl` on PATH and the stack's own kubeconfig."""

import json
import os
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ops.objects import Object
from ops.progress import asking

_SECONDS = 60
_PROVIDER = "pulumi:providers:kubernetes"
_REQUEST_SECONDS = "20s"
"""Time for a request to the API server, after which kubectl gives up."""


class ClusterError(Exception):
    """The cluster gave no answer; the message is kubectl's or the engine's."""


@dataclass(frozen=True)
class Cluster:
    """A cluster that can be asked.

    Attributes:
        kubeconfig: The file with which kubectl reaches it. It holds no credential.
    """

    kubeconfig: Path

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of kubectl with these arguments."""
        return ["kubectl", "--kubeconfig", str(self.kubeconfig), *arguments]

    def run(self, *arguments: str, text: str = "", seconds: int = _SECONDS) -> str:
        """Run kubectl, give it the text as its input, and return what it printed.

        Raises:
            ClusterError: It failed, is not on PATH, or took longer than these seconds.
        """
        command = self.command("--request-timeout", _REQUEST_SECONDS, *arguments)
        try:
            with asking("the cluster"):
                done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=seconds, check=False)
        except FileNotFoundError:
            raise ClusterError("there is no `kubectl` command on PATH") from None
        except subprocess.TimeoutExpired:
            raise ClusterError(f"`kubectl {' '.join(arguments)}` gave no answer within {seconds} seconds") from None
        if done.returncode:
            lines = [line.removeprefix("error: ") for line in done.stderr.splitlines() if line.strip()]
            raise ClusterError(lines[-1] if lines else f"kubectl ended with exit code {done.returncode}")
        return done.stdout

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds that the cluster serves, as `deployments.apps` or `pods`."""
        return frozenset(self.run("api-resources", "--output", "name").split())

    def objects(self, kinds: Sequence[str], namespace: str = "", selector: str = "") -> list[Object]:
        """Return the objects of these kinds, which are named as `kinds` has them; an empty namespace means all.

        Kinds that the cluster does not serve, such as those of a switched-off add-on, have no objects.

        Raises:
            ClusterError: As `run`.
        """
        served = [kind for kind in kinds if kind in self.kinds]
        if not served:
            return []
        where = ["--namespace", namespace] if namespace else ["--all-namespaces"]
        chosen = ["--selector", selector] if selector else []
        return json.loads(self.run("get", ",".join(served), *where, *chosen, "--output", "json"))["items"]


@contextmanager
def connected(stack: str) -> Generator[Cluster]:
    """Yield the stack's cluster; its kubeconfig exists as long.

    Raises:
        ClusterError: The stack has no cluster.
        NotDeployed: The stack is not deployed.
    """
    with tempfile.TemporaryDirectory(prefix="openmarket-") as folder:
        file = Path(folder) / "kubeconfig.yaml"
        write(file, document(stack))
        yield Cluster(file)


def document(stack: str) -> str:
    """Return the kubeconfig of the stack's cluster as YAML.

    Raises:
        ClusterError, NotDeployed: As `connected`.
    """
    import yaml

    from ops import deployed

    done = deployed.ask(stack, "stack", "output", "kubeconfig", "--json")
    if done.returncode == 0:
        found = json.loads(done.stdout)
    elif not (found := _of_provider(stack)):
        raise ClusterError(f"stack {stack!r} has no cluster yet")
    # pulumi-eks puts it out as an object and as a text of JSON.
    return yaml.safe_dump(yaml.safe_load(found) if isinstance(found, str) else found, sort_keys=False)


def _of_provider(stack: str) -> str:
    """Return the kubeconfig by which the stack's objects are made; empty before there is any.

    A stack has no outputs before its first deployment has come to its end, but it has objects already.
    """
    from analysis.state import BadState
    from ops.exported import from_stack

    try:
        found = [each.inputs.get("kubeconfig") for each in from_stack(stack) if each.type == _PROVIDER]
    except BadState as error:
        raise ClusterError(str(error)) from None
    return next((each for each in found if isinstance(each, str)), "")


def write(file: Path, text: str) -> None:
    """Write a kubeconfig, readable for its owner alone, as kubectl warns otherwise."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        opened.write(text)
