"""A database comes back beside the one that there is, with what it held, and the shop moves to it."""

import base64
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

SERVICE, NAMESPACE = "backend-api", "openmarket-dev"
FIRST = "openmarket-dev-aurora"


def ops(checkout: Checkout, *words: str, check: bool = True) -> str:
    return checkout.run(sys.executable, "-m", "ops", *words, "--stack", "dev", check=check).stdout


def used(checkout: Checkout) -> tuple[str, str]:
    """The address of the database that the service's pods have, and the names of what tells them."""
    label = f"app.kubernetes.io/name={SERVICE}"
    pods = checkout.kubectl("dev", "get", "pods", "-n", NAMESPACE, "-l", label)["items"]
    sources = {
        each["secretRef"]["name"]
        for pod in pods
        if "deletionTimestamp" not in pod["metadata"]
        for each in pod["spec"]["containers"][0]["envFrom"]
        if "secretRef" in each
    }
    (secret,) = [name for name in sources if name.startswith("openmarket-db-credentials-")]
    data: dict[str, str] = checkout.kubectl("dev", "get", "secret", secret, "-n", NAMESPACE)["data"]
    return base64.b64decode(data["DB_HOST"]).decode(), " ".join(sorted(data))


def rows(checkout: Checkout, *changes: str) -> list[str]:
    """What the shop reads from the database that its pods use, after these changes of it."""
    return checkout.emulator("rows", used(checkout)[0], *changes).stdout.split("\n")[:-1]


def section(checkout: Checkout) -> dict[str, Any]:
    return checkout.stack_file("dev")["openmarket:database"]


def clusters(checkout: Checkout) -> int:
    return checkout.status()["objects"]["dev"]["aws:rds/cluster:Cluster"]


def refresh_every(checkout: Checkout, external: str, interval: str) -> None:
    """Change the interval, so that the operator reads the secret now."""
    patch = json.dumps({"spec": {"refreshInterval": interval}})
    checkout.run("kubectl", "patch", external, "-n", NAMESPACE, "--type", "merge", "--patch", patch)


@pytest.fixture(scope="module")
def shop(deployed: Checkout) -> Checkout:
    """A shop with an order, of which there is a snapshot."""
    assert rows(deployed, "order-1=paid") == ["order-1=paid"]
    words = ("--db-cluster-identifier", FIRST, "--db-cluster-snapshot-identifier", "before-the-sale")
    deployed.run("aws", "rds", "create-db-cluster-snapshot", *words)
    return deployed


def test_a_deleted_secret_comes_back_before_a_pod_misses_it(shop: Checkout) -> None:
    name = "openmarket-dev-app-secrets"
    external, before = "externalsecret/openmarket-app-secrets", used(shop)
    shop.run("aws", "secretsmanager", "delete-secret", "--secret-id", name)
    refresh_every(shop, external, "59m")
    shop.run("kubectl", "wait", external, "-n", NAMESPACE, "--for=condition=Ready=False", "--timeout=60s")
    said = ops(shop, "doctor", check=False)
    assert f"The secret {name} has been deleted, and waits for the end of its recovery window" in said
    command = f"aws secretsmanager restore-secret --secret-id {name} --region ap-northeast-2"
    assert command in said
    shop.run(*command.split())
    refresh_every(shop, external, "1h")
    shop.run("kubectl", "wait", external, "-n", NAMESPACE, "--for=condition=Ready", "--timeout=60s")
    assert used(shop) == before
    shop.up("dev", "--expect-no-changes")


def test_a_deleted_upload_comes_back(shop: Checkout) -> None:
    bucket = json.loads(ops(shop, "outputs", "--json"))["uploads_bucket"]
    one = ("--bucket", bucket, "--key", "media/photo-1")

    def s3(operation: str, *words: str, check: bool = True) -> str:
        return shop.run("aws", "s3api", operation, *words, check=check).stdout

    before = json.loads(s3("put-object", *one, "--body", "Pulumi.yaml"))["VersionId"]
    s3("delete-object", *one)
    assert "Not Found" in s3("head-object", *one, check=False)
    (marker,) = json.loads(s3("list-object-versions", "--bucket", bucket, "--prefix", "media/photo-1"))["DeleteMarkers"]
    s3("delete-object", *one, "--version-id", marker["VersionId"])
    assert json.loads(s3("head-object", *one))["VersionId"] == before


def test_a_database_comes_back_as_it_was_at_a_time(shop: Checkout) -> None:
    rows(shop, "order-2=paid")
    time.sleep(1.1)  # as times are given to the second
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    time.sleep(1.1)
    host, variables = used(shop)
    assert rows(shop, "order-1=", "order-2=", "order-3=new") == ["order-3=new"]
    said = ops(shop, "restore", "--from", moment, "--yes")
    assert "none of" in said.splitlines()[-1]
    now, after = used(shop)
    assert now != host
    assert after == variables
    assert rows(shop) == ["order-1=paid", "order-2=paid"]
    # What was written since is not lost.
    assert shop.emulator("rows", host).stdout == "order-3=new\n"
    assert section(shop)["previous"] == [FIRST]
    assert json.loads(ops(shop, "outputs", "--json"))["database_endpoint"] == now
    ops(shop, "doctor")
    shop.up("dev", "--expect-no-changes")


def protect(checkout: Checkout, yes: bool) -> None:
    file, word = checkout.path / "Pulumi.dev.yaml", "openmarket:deletionProtection: "
    text = file.read_text()
    assert f"{word}{str(not yes).lower()}" in text
    file.write_text(text.replace(f"{word}{str(not yes).lower()}", f"{word}{str(yes).lower()}"))
    checkout.up("dev")


def test_one_from_before_goes_by_a_second_step_though_it_is_protected(shop: Checkout) -> None:
    assert clusters(shop) == 2
    protect(shop, True)
    in_use = section(shop)["restoreFrom"]["into"]
    assert f"the shop uses {in_use}" in ops(shop, "restore", "--remove", in_use, "--yes", check=False)
    ops(shop, "restore", "--remove", FIRST, "--yes")
    assert clusters(shop) == 1
    assert rows(shop) == ["order-1=paid", "order-2=paid"]
    shop.up("dev", "--expect-no-changes")
    # The other one keeps its protection.
    assert "protect" in shop.destroy("dev", check=False)
    assert clusters(shop) == 1
    protect(shop, False)


def test_a_snapshot_outlives_its_database(shop: Checkout) -> None:
    assert "is none of them" in ops(shop, "restore", "--from", "2020-01-01T00:00:00Z", "--yes", check=False)
    # In the minute of the first restore its name would be the same.
    while section(shop)["restoreFrom"]["into"].endswith(datetime.now(UTC).strftime("%Y%m%d-%H%M")):
        time.sleep(1)
    ops(shop, "restore", "--from", "before-the-sale", "--yes")
    assert rows(shop) == ["order-1=paid"]
    assert clusters(shop) == 2


def test_a_deleted_stack_comes_back_with_the_data_of_a_snapshot(shop: Checkout) -> None:
    shop.destroy("dev")
    assert "aws:rds/cluster:Cluster" not in shop.status()["objects"].get("dev", {})
    before = section(shop)["restoreFrom"]["into"]
    while before.endswith(datetime.now(UTC).strftime("%Y%m%d-%H%M")):  # names have the minute
        time.sleep(1)
    said = ops(shop, "restore", "--from", "before-the-sale", "--yes")
    assert "`make up STACK=dev` makes dev anew" in said
    origin = section(shop)["restoreFrom"]
    assert (origin["snapshot"], section(shop)["previous"]) == ("before-the-sale", [])
    assert origin["into"] != before
    shop.configure("dev", "backup", copyRegion="ap-northeast-1")
    shop.up("dev")
    assert rows(shop) == ["order-1=paid"]
    # From now on with a copy in another region.
    assert shop.status()["objects"]["dev"]["aws:backup/vault:Vault"] == 2
