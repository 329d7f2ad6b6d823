"""Changes that wait for a maintenance window: what AWS and the provider answer until then, and after it."""

from collections.abc import Mapping
from typing import Any

import aws_networks as networks
import pytest
from aws_account import Account

from emulator.aws.maintenance import open_windows
from emulator.plugins.provider import Call, Resource

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
OLD, NEW = "8.0.mysql_aurora.3.10.4", "8.0.mysql_aurora.3.12.0"


class Engine:
    """One resource as the engine remembers it: the inputs of the program, and the outputs of the last answer."""

    def __init__(self, account: Account, type_: str, name: str, **inputs: Any) -> None:
        self._account = account
        made = account.create(type_, name, **inputs)
        self.known = account.resource(type_, made["id"])

    def deploy(self, **changes: Any) -> dict[str, str]:
        """Deploy with these inputs changed, and return what the preview listed."""
        inputs = {**self.known.inputs, **changes}
        planned = dict(self._account.provider.diff(self.known, inputs).paths)
        outputs = self._account.provider.update(self.known, inputs, Call()) if planned else self.known.outputs
        self._remember(inputs, outputs)
        return planned

    def refresh(self) -> None:
        answer = self._account.provider.read(self.known)
        assert answer is not None
        self._remember(*answer)

    @property
    def used(self) -> Mapping[str, Any]:
        """The outputs."""
        return self.known.outputs

    def _remember(self, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> None:
        known = self.known
        self.known = Resource(known.urn, known.type, known.name, known.id, inputs, outputs)


def window(account: Account) -> list[str]:
    return list(open_windows(account.store, "dev"))


@pytest.fixture
def cluster(account: Account) -> Engine:
    network = networks.build(account)
    group = account.create("aws:rds/subnetGroup:SubnetGroup", subnetIds=network.private)
    return Engine(
        account, CLUSTER, "db", clusterIdentifier="shop", engine="aurora-mysql", engineVersion=OLD,
        dbSubnetGroupName=group["name"], skipFinalSnapshot=True, preferredMaintenanceWindow="sun:18:30-sun:19:30",
    )  # fmt: skip


@pytest.fixture
def instance(account: Account, cluster: Engine) -> Engine:
    return Engine(
        account, INSTANCE, "db-a", clusterIdentifier=cluster.known.id, identifier="shop-a", engine="aurora-mysql",
        instanceClass="db.r7g.large", applyImmediately=False,
    )  # fmt: skip


@pytest.fixture
def cache(account: Account) -> Engine:
    network = networks.build(account)
    group = account.create("aws:elasticache/subnetGroup:SubnetGroup", subnetIds=network.private)
    return Engine(
        account, CACHE, "cache", replicationGroupId="shop", description="cache", engine="valkey", engineVersion="7.2",
        nodeType="cache.t4g.small", numCacheClusters=2, subnetGroupName=group["name"],
        maintenanceWindow="sun:18:00-sun:19:00",
    )  # fmt: skip


def test_a_class_waits_and_every_preview_lists_it_until_the_window(account: Account, instance: Engine) -> None:
    wanted = {"instanceClass": "db.r7g.xlarge"}
    assert instance.deploy(**wanted, promotionTier=1) == {"instanceClass": "update", "promotionTier": "add"}
    assert (instance.used["instanceClass"], instance.used["promotionTier"]) == ("db.r7g.large", 1)
    assert instance.deploy(**wanted) == {"instanceClass": "update"}
    instance.refresh()
    assert instance.known.inputs["instanceClass"] == "db.r7g.large"
    assert instance.deploy(**wanted) == {"instanceClass": "update"}
    assert window(account) == [
        "shop-a: instanceClass is db.r7g.xlarge, and was db.r7g.large until its maintenance window"
    ]
    assert window(account) == []
    # The engine does not know it before it asks.
    assert instance.deploy(**wanted) == {"instanceClass": "update"}
    assert instance.used["instanceClass"] == "db.r7g.xlarge"
    assert instance.deploy(**wanted) == {}


def test_after_the_window_a_refresh_finds_what_the_program_says(account: Account, instance: Engine) -> None:
    instance.deploy(instanceClass="db.r7g.xlarge")
    window(account)
    instance.refresh()
    assert instance.deploy(instanceClass="db.r7g.xlarge") == {}


def test_applying_immediately_applies_what_waits(account: Account, instance: Engine) -> None:
    instance.deploy(instanceClass="db.r7g.xlarge")
    instance.deploy(instanceClass="db.r7g.xlarge", applyImmediately=True)
    assert instance.used["instanceClass"] == "db.r7g.xlarge"
    assert window(account) == []


def test_a_class_that_the_program_takes_back_still_comes_at_the_window(account: Account, instance: Engine) -> None:
    """The provider reads the old class, so it has nothing to send."""
    instance.deploy(instanceClass="db.r7g.xlarge")
    assert instance.deploy(instanceClass="db.r7g.large") == {}
    assert len(window(account)) == 1
    instance.refresh()
    assert instance.used["instanceClass"] == "db.r7g.xlarge"


def test_the_provider_answers_with_the_version_that_waits(account: Account, cluster: Engine, instance: Engine) -> None:
    assert cluster.deploy(engineVersion=NEW) == {"engineVersion": "update"}
    assert (cluster.used["engineVersion"], cluster.used["engineVersionActual"]) == (NEW, OLD)
    assert cluster.deploy(engineVersion=NEW) == {}
    cluster.refresh()
    assert cluster.deploy(engineVersion=NEW) == {}
    assert cluster.deploy(backupRetentionPeriod=7) == {"backupRetentionPeriod": "add"}
    assert (cluster.used["backupRetentionPeriod"], cluster.used["engineVersionActual"]) == (7, OLD)
    assert len(window(account)) == 1
    cluster.refresh()
    instance.refresh()
    assert (cluster.used["engineVersion"], cluster.used["engineVersionActual"]) == (NEW, NEW)
    assert instance.used["engineVersionActual"] == NEW
    assert cluster.deploy(engineVersion=NEW) == {}


def test_a_version_that_the_program_takes_back_waits_no_more(account: Account, cluster: Engine) -> None:
    cluster.deploy(engineVersion=NEW)
    assert cluster.deploy(engineVersion=OLD) == {"engineVersion": "update"}
    assert cluster.used["engineVersionActual"] == OLD
    assert window(account) == []


def test_node_type_and_version_of_a_cache_wait_and_replicas_do_not(account: Account, cache: Engine) -> None:
    wanted = {"nodeType": "cache.r7g.large", "engineVersion": "8.0"}
    cache.deploy(**wanted, numCacheClusters=3)
    assert (cache.used["nodeType"], cache.used["engineVersion"]) == ("cache.t4g.small", "7.2")
    assert cache.used["engineVersionActual"].startswith("7.2")
    assert len(cache.used["memberClusters"]) == 3
    assert len(window(account)) == 2
    cache.refresh()
    assert cache.used["engineVersionActual"].startswith("8.0")
    assert cache.deploy(**wanted) == {}


def test_what_waits_goes_with_its_object(account: Account, instance: Engine) -> None:
    instance.deploy(instanceClass="db.r7g.xlarge")
    account.delete(INSTANCE, instance.known.id)
    assert window(account) == []
    assert account.store.find("aws:index/pendingModification:PendingModification") == []


def test_another_stacks_window_stays_closed(account: Account, instance: Engine) -> None:
    instance.deploy(instanceClass="db.r7g.xlarge")
    assert list(open_windows(account.store, "prod")) == []
    assert len(window(account)) == 1
