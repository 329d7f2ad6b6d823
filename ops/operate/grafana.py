"""Opens a way to a stack's Grafana: a port of this machine, on loopback only, for as long as the command runs."""

import re
import subprocess
from collections.abc import Iterator

import typer

from analysis import stack_file
from ops.cluster import Cluster, ClusterError, connected
from ops.deploy.summary import Target
from ops.errors import fail
from ops.objects import Object, name_of, parts, value
from ops.operate.shop import NAME_LABEL

_NAMESPACE = "monitoring"
"""The namespace of the kube-prometheus-stack."""
_SECTION = "openmarket:addons"
_SERVICES, _SECRETS = "services", "externalsecrets.external-secrets.io"
_SWITCH = "`enabled` of `prometheus` in " + _SECTION
_FORWARDING = re.compile(r"Forwarding from (127\.0\.0\.1:\d+) ->")
_USER, _PASSWORD = "admin", "admin-password"


def grafana(stack: str, port: int) -> None:
    """Print Grafana's address and how to get its password, and pass connections on until Ctrl-C; port 0 is a free one.

    Raises:
        typer.Exit: Grafana is off or not there, or kubectl ended, and the reason has been printed.
        BadStack, ClusterError: As `shop.reporting_errors` reports them.
    """
    if value(stack_file.settings(stack), _SECTION, "prometheus", "enabled") is not True:
        fail(f"{stack} has no Grafana: {_SWITCH} of Pulumi.{stack}.yaml is not true; `{Target(stack).make('up')}` then")
    with connected(stack) as cluster:
        service = _service(cluster, stack)
        secret = _secret(cluster, f"{stack_file.prefix(stack)}-grafana")
        for line in _forwarded(cluster, service, port):
            if not (found := _FORWARDING.search(line)):
                continue
            read = f"kubectl get secret {secret} -n {_NAMESPACE} -o jsonpath='{{.data.{_PASSWORD}}}' | base64 -d"
            print(f"Grafana of {stack}: http://{found[1]} until Ctrl-C")
            print(f"User {_USER}, password: {Target(stack).run(read)}", flush=True)


def _service(cluster: Cluster, stack: str) -> Object:
    found = cluster.objects([_SERVICES], _NAMESPACE, f"{NAME_LABEL}=grafana")
    if not found:
        fail(f"the namespace {_NAMESPACE} has no Service of Grafana: `{Target(stack).make('repair')}` brings it back")
    return found[0]


def _secret(cluster: Cluster, source: str) -> str:
    """Return the name of the Secret with the password. It changes with every rotation."""
    for each in cluster.objects([_SECRETS], _NAMESPACE):
        if any(value(data, "remoteRef", "key") == source for data in parts(each, "spec", "data")):
            return str(value(each, "spec", "target", "name") or name_of(each))
    raise ClusterError(f"no ExternalSecret in {_NAMESPACE} reads {source}, which has Grafana's password")


def _forwarded(cluster: Cluster, service: Object, port: int) -> Iterator[str]:
    """Yield what kubectl prints while it passes connections on."""
    ports = parts(service, "spec", "ports")
    name, target = name_of(service), ports[0]["port"] if ports else 80
    words = ("port-forward", "--address", "127.0.0.1", "--namespace", _NAMESPACE, f"service/{name}")
    command = cluster.command(*words, f"{port or ''}:{target}")
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield from process.stdout or ()
            except KeyboardInterrupt:
                raise typer.Exit(130) from None
            finally:
                process.terminate()
    except FileNotFoundError:
        fail("there is no `kubectl` command on PATH")
    if process.returncode:
        fail("kubectl ended, and with it the way to Grafana")
