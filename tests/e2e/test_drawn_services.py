"""Drawn stanzas come up on the real engine, one set after the other in one stack: what is accepted does not fail.

`make test-services` deploys ten sets of 20 drawn stanzas. Other runs take one of ten.
"""

import time
from functools import cache
from typing import Any

import pytest
import yaml

from tests.accepted_services import sets
from tests.drawn_services import NAMESPACE, Stanzas, wrong_flows
from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

FEW, MANY, SETS = 10, 20, 10
EVERY = [(0, FEW), *(pytest.param(number, MANY, marks=pytest.mark.services) for number in range(SETS))]
SECONDS = 120
"""Within which a run of each cron job and task ends, and old pods are gone."""


@cache
def drawn(size: int) -> list[Stanzas]:
    return sets(SETS if size == MANY else 1, size)


def configure(checkout: Checkout, services: Stanzas) -> Stanzas:
    """Put these services, and those of the shop that do not call others, into the stack file, and answer them all."""
    file = checkout.path / "Pulumi.dev.yaml"
    document = yaml.safe_load(file.read_text())
    front = document["config"]["openmarket:services"]["frontend-web"] | {"calls": []}
    document["config"]["openmarket:services"] = {"frontend-web": front, **services}
    file.write_text(yaml.safe_dump(document, sort_keys=False))
    return {"frontend-web": front, **services}


def listed(checkout: Checkout, kind: str) -> dict[str, dict[str, Any]]:
    found = checkout.kubectl("dev", "get", kind, "-n", NAMESPACE)["items"]
    return {each["metadata"]["name"]: each for each in found}


def settled(checkout: Checkout) -> dict[str, dict[str, Any]]:
    """The Deployments, once each has as many ready pods as it is to have, or `SECONDS` are over.

    A deployment waits until new pods are ready. Those of a worker count a few seconds later, and so long an old one
    stays beside them.
    """
    deadline = time.monotonic() + SECONDS
    while True:
        found = listed(checkout, "deployments")
        counts = [(each["status"].get("readyReplicas"), each["spec"]["replicas"]) for each in found.values()]
        if all(ready == wanted for ready, wanted in counts) or time.monotonic() > deadline:
            return found
        time.sleep(3)


def run_all(checkout: Checkout, names: list[str], number: int) -> None:
    """Run each of these cron jobs and tasks once, and wait for all of them."""
    jobs = {f"{name}-drawn-{number}": name for name in names}
    kubectl = f"kubectl -n {NAMESPACE}"
    made = [f"{kubectl} create job {job} --from=cronjob/{name}" for job, name in jobs.items()]
    ended = f"{kubectl} wait --for=condition=complete --timeout={SECONDS}s {' '.join(f'job/{job}' for job in jobs)}"
    checkout.emulator("run", "--stack", "dev", "--", "sh", "-ec", "; ".join((*made, ended)))


@pytest.mark.parametrize(("number", "size"), EVERY)
def test_what_is_accepted_comes_up_with_the_declared_flows(number: int, size: int, deployed: Checkout) -> None:
    declared = configure(deployed, drawn(size)[number])
    deployed.make("up", "STACK=dev")
    kinds = {name: each.get("kind", "web") for name, each in declared.items()}
    accounts = listed(deployed, "serviceaccounts")
    assert set(declared) <= set(accounts)
    running = settled(deployed)
    assert set(running) == {name for name, kind in kinds.items() if kind in ("web", "worker")}
    for name, each in running.items():
        assert each["status"]["readyReplicas"] == each["spec"]["replicas"] >= declared[name]["replicas"]
        assert each["status"]["observedGeneration"] == each["metadata"]["generation"]
    timed = listed(deployed, "cronjobs")
    assert set(timed) == set(declared) - set(running)
    assert {name for name, each in timed.items() if each["spec"]["suspend"]} == {
        name for name, kind in kinds.items() if kind == "task"
    }
    if timed:
        run_all(deployed, list(timed), 100 * size + number)
    assert list(wrong_flows(list(listed(deployed, "networkpolicies").values()), declared)) == []
