"""Add-ons that a stack may do without: switched off, they leave nothing but what the runbook lists."""

import re
import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

OPTIONAL = ("clusterAutoscaler", "containerInsights", "prometheus", "verticalPodAutoscaler")
NODES = 14
"""What the shop needs at its largest, with no add-on that may be off."""
PATIENCE_SECONDS = 30
DEFINITION = "apiextensions.k8s.io/v1 CustomResourceDefinition <none>"
PASSING = {"events", "events.events.k8s.io", "leases.coordination.k8s.io", "pods"}
"""Kinds that come and go by themselves, under names of their own."""
IMPLIED = {"apiservices.apiregistration.k8s.io"}
"""Kubernetes keeps one for every group and version of the CRDs."""


def listed(checkout: Checkout) -> set[str]:
    """What Helm leaves, by the runbook."""
    (section,) = re.findall(
        r"## Switch an add-on off\n(.*?)\n## ", (checkout.path / "docs/runbook.md").read_text(), re.S
    )
    (block,) = re.findall(r"```text\n(.*?)```", section, re.S)
    return {f"{DEFINITION} {name}" for name in block.split()}


def cluster_objects(checkout: Checkout) -> set[str]:
    """Everything in the cluster, as `<version> <kind> <namespace> <name>`."""
    command = ("run", "--stack", "dev", "--", "kubectl")
    names = checkout.emulator(*command, "api-resources", "--verbs=list", "-o", "name").stdout.split()
    kinds = sorted(name for name in names if name not in PASSING | IMPLIED and not name.endswith(".metrics.k8s.io"))
    columns = "custom-columns=A:.apiVersion,K:.kind,N:.metadata.namespace,M:.metadata.name"
    table = checkout.emulator(*command, "get", ",".join(kinds), "-A", "--no-headers", "-o", columns).stdout
    rows = [row.split() for row in table.splitlines() if not row.startswith("Warning:")]
    return {f"{group} {kind} {namespace} {name}" for group, kind, namespace, name in rows}


@contextmanager
def optional_addons(checkout: Checkout, enabled: bool) -> Generator[None]:
    """Meanwhile, the stack file has all of them on, or off, and nodes enough for an autoscaler to be off."""
    settings = checkout.stack_file("dev")
    addons, groups = settings["openmarket:addons"], settings["openmarket:cluster"]["nodeGroups"]
    switched = {name: addons[name] | {"enabled": enabled} for name in OPTIONAL}
    groups = {"general": groups["general"] | {"desired": NODES}}
    with checkout.configured("dev", "addons", **switched), checkout.configured("dev", "cluster", nodeGroups=groups):
        yield


def test_off_on_off_on(checkout: Checkout) -> None:
    with optional_addons(checkout, enabled=False):
        checkout.up("dev")
    objects, account = cluster_objects(checkout), checkout.status()["objects"]

    with optional_addons(checkout, enabled=True):
        checkout.up("dev")
    claims = checkout.kubectl("dev", "get", "persistentvolumeclaims", "-n", "monitoring")["items"]
    assert [claim["status"]["phase"] for claim in claims] == ["Bound", "Bound"]
    recommended = checkout.kubectl("dev", "get", "verticalpodautoscalers", "-n", "openmarket-dev")["items"]
    assert {each["spec"]["updatePolicy"]["updateMode"] for each in recommended} == {"Off"}
    assert len(recommended) == len(checkout.stack_file("dev")["openmarket:services"])

    with optional_addons(checkout, enabled=False):
        checkout.up("dev")
    # What belonged to the releases goes by the garbage collector of Kubernetes.
    ends = time.monotonic() + PATIENCE_SECONDS
    while (left := cluster_objects(checkout)) != objects | listed(checkout) and time.monotonic() < ends:
        time.sleep(1)
    assert left - objects == listed(checkout)
    assert objects - left == set()
    assert checkout.status()["objects"] == account

    with optional_addons(checkout, enabled=True):
        checkout.up("dev")
