"""Operations fail once, in every way, and the documented command puts it right: nothing is doubled, nothing is left.

`make test-faults` sweeps over every resource of dev, which takes most of an hour. Other runs take a sample.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import sweep
from tests.e2e.checkout import Checkout
from tests.e2e.conftest import fill
from tests.e2e.newer_chart import raise_pin
from tests.e2e.sweep import Sweep

pytestmark = pytest.mark.e2e

TAG, OTHER_TAG = "CostCenter: openmarket-dev", "CostCenter: another"
SAMPLE = (
    "network-vpc", "cluster-eks-eksCluster", "cluster-nodes-general-group", "data-assets-bucket",
    "data-database-instances-a", "addons-alb-controller-release", "shop-ingress-alb", "shop-backend-api-deployment",
)  # fmt: skip
"""One of each kind: named by the program or by AWS, in AWS or in the cluster, with a chart or a long wait."""


SERVICE = "frontend-web"
KILLED_AT = (
    "network-nat-address-a", "network-public-a", "addons-external-secrets-release", f"shop-{SERVICE}-deployment",
)  # fmt: skip
"""What AWS makes twice without a word, what AWS and Helm refuse to make twice, and what the next creation takes over.

The engine dies before it hears of them, and before there is any output of the stack.
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """A copy of the project for each test, as they change its files."""
    fill(tmp_path)
    made = Checkout(tmp_path)
    yield made
    made.emulator("down")


def settled(checkout: Checkout) -> int:
    """AWS has what the state has, once each, and nothing differs; answers the number of resources."""
    resources = sweep.real_resources(checkout)
    known = Counter(each["type"] for each in resources if each["type"].startswith("aws:"))
    assert checkout.status()["objects"]["dev"] == known
    checkout.up("dev", "--refresh", "--expect-no-changes")
    return len(resources)


def report(what: str, found: Sweep, of: int) -> None:
    print(f"{what}: {found.faults} of {of} failed once, {found.runs} runs")


def variables(checkout: Checkout) -> set[str]:
    """The names of the variables that the service has in the cluster."""
    found = checkout.kubectl("dev", "get", "deployment", SERVICE, "-n", "openmarket-dev")
    (container,) = found["spec"]["template"]["spec"]["containers"]
    return {each["name"] for each in container["env"]}


def changed(checkout: Checkout) -> None:
    """Change a tag of all resources, a setting and the images of the services, and a chart's version."""
    file = checkout.path / "Pulumi.dev.yaml"
    before = file.read_text()
    assert TAG in before
    file.write_text(before.replace(TAG, OTHER_TAG).replace("logLevel: debug", "logLevel: info"))
    services = checkout.stack_file("dev")["openmarket:services"]
    for name, stanza in services.items():
        pushed = checkout.emulator("push", f"openmarket-dev/{name}", "2.0").stdout.strip()
        checkout.configure("dev", "services", **{name: stanza | {"image": pushed}})
    raise_pin(checkout, "inTheNewVersion")


def test_a_sample_of_failures_is_put_right_by_the_documented_command(checkout: Checkout) -> None:
    names, killed_at, count = "|".join(SAMPLE), "|".join(KILLED_AT), len(SAMPLE) + len(KILLED_AT)
    up = sweep.recovering(sweep.up(checkout), checkout)
    faults = f"expire:create:{names},kill-after:create:{killed_at}"
    created = sweep.until_it_is_done(up, checkout, faults, most=2 * count)
    report("expire create, killed after create", created, count)
    assert created.faults == count
    settled(checkout)
    stanza = checkout.stack_file("dev")["openmarket:services"][SERVICE]
    assert stanza["environment"]
    checkout.configure("dev", "services", **{SERVICE: stanza | {"environment": {}}})
    checkout.up("dev")
    assert not stanza["environment"].keys() & variables(checkout)
    deleted = sweep.until_it_is_done(sweep.destroy(checkout), checkout, f"refuse:delete:{names}")
    report("refuse delete", deleted, len(SAMPLE))
    assert deleted.faults == len(SAMPLE)
    assert checkout.status()["objects"] == {}


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["refuse", "throttle", "expire"])
def test_what_fails_once_is_put_right_by_the_same_command(kind: str, checkout: Checkout) -> None:
    created = sweep.until_it_is_done(sweep.up(checkout), checkout, f"{kind}:create")
    count = settled(checkout)
    report(f"{kind} create", created, count)
    assert created.faults == count
    changed(checkout)
    updated = sweep.until_it_is_done(sweep.up(checkout), checkout, f"{kind}:update")
    report(f"{kind} update", updated, settled(checkout))
    assert updated.faults > count / 3
    # Definitions of kinds leave the stack without a word to the provider.
    count = sum(not each.get("retainOnDelete") for each in sweep.real_resources(checkout))
    # A release that Helm has uninstalled already is an error to the provider, as the runbook says.
    options = ["--refresh"] if kind == "expire" else []
    deleted = sweep.until_it_is_done(sweep.destroy(checkout, *options), checkout, f"{kind}:delete")
    report(f"{kind} delete", deleted, count)
    assert deleted.faults == count
    assert checkout.status()["objects"] == {}


@pytest.mark.faults
def test_an_engine_that_is_killed_at_every_tenth_step_gets_there(checkout: Checkout) -> None:
    up, destroy = (sweep.recovering(run(checkout), checkout) for run in (sweep.up, sweep.destroy))
    created = sweep.until_it_is_done(up, checkout, "kill:10")
    count = settled(checkout)
    changed(checkout)
    updated = sweep.until_it_is_done(up, checkout, "kill:10")
    settled(checkout)
    deleted = sweep.until_it_is_done(destroy, checkout, "kill:10")
    print(f"killed: {created.runs} runs to create {count}, {updated.runs} to update, {deleted.runs} to delete")
    assert min(created.runs, updated.runs, deleted.runs) > 5
    assert checkout.status()["objects"] == {}
