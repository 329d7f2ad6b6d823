"""What each kind of resource costs; the sums are worked out by hand."""

from decimal import Decimal
from typing import Any

import pytest

from analysis.preview import SECRET, UNKNOWN, State
from tests.analysis.cost.costs import (
    CACHE,
    DATABASE,
    INGRESS,
    INSTANCE,
    NODE_GROUP,
    RELEASE,
    bill,
    lines,
    node_group,
    state,
)

SUBNETS = {"metadata": {"annotations": {"alb.ingress.kubernetes.io/subnets": "subnet-a,subnet-c"}}}
ALB = {"spec": {"ingressClassName": "alb"}, **SUBNETS}
INTERFACE = {"vpcEndpointType": "Interface", "subnetIds": [UNKNOWN, UNKNOWN, UNKNOWN]}
CLAIM = {"volumeClaimTemplate": {"spec": {"resources": {"requests": {"storage": "20Gi"}}}}}

CASES: list[tuple[State, dict[str, float], dict[str, str | None]]] = [
    (state("aws:eks/cluster:Cluster"), {}, {"Control plane": "73"}),
    (state("aws:eks/addon:Addon", {"addonName": "coredns"}), {}, {}),
    (
        state("aws:eks/addon:Addon", {"addonName": "amazon-cloudwatch-observability"}), {},
        {"Container Insights": None},
    ),
    (
        state("aws:ec2/natGateway:NatGateway"), {"natGb": 100},
        {"NAT gateway": "43.07", "Data through NAT": "5.90"},
    ),
    (state("aws:ec2/eip:Eip"), {}, {"Public IPv4 address": "3.65"}),
    (
        state("aws:ec2/vpcEndpoint:VpcEndpoint", INTERFACE), {"endpointGb": 50},
        {"Endpoint: 3 zones": "28.47", "Data through endpoints": "0.50"},
    ),
    (state("aws:ec2/vpcEndpoint:VpcEndpoint", {"vpcEndpointType": "Gateway"}), {"endpointGb": 50}, {}),
    (
        state(INGRESS, ALB), {"loadBalancerUnits": 2, "internetGb": 10},
        {
            "Application Load Balancer": "16.425", "Capacity: 2 LCU on average": "11.68",
            "From the load balancer": "1.26", "Public IPv4 addresses: 2, one per zone": "7.30",
        },
    ),
    (state(INGRESS, {"spec": {"ingressClassName": "nginx"}}), {"internetGb": 10}, {}),
    (state("kubernetes:core/v1:Service", {"spec": {"type": "ClusterIP"}}), {}, {}),
    (
        state("kubernetes:core/v1:Service", {"spec": {"type": "LoadBalancer"}}), {},
        {"Load balancer of a Service": None},
    ),
    (
        state("aws:cloudfront/distribution:Distribution"), {"cdnGb": 100, "cdnMillionRequests": 2},
        {"Data to browsers": "12", "Requests": "1.80"},
    ),
    (state("aws:cloudwatch/logDelivery:LogDelivery"), {}, {"Delivery of access logs": None}),
    (
        state("aws:wafv2/webAcl:WebAcl", {"rules": [{}, {}, {}]}), {"firewallMillionRequests": 10},
        {"Web access list": "5", "Rules: 3": "3", "Requests": "6"},
    ),
    (state("aws:shield/subscription:Subscription"), {}, {"Shield Advanced, for the account": "3000"}),
    (
        state(DATABASE), {"databaseGb": 10, "databaseMillionRequests": 5, "backupGb": 100},
        {"Storage": "1.20", "I/O": "1.20", "Backups": "2.30"},
    ),
    (
        state(DATABASE, {"databaseInsightsMode": "advanced", "storageType": "aurora-iopt1"}), {"databaseGb": 10},
        {"I/O-Optimized storage": None, "Database Insights (advanced)": None},
    ),
    (state(INSTANCE, {"instanceClass": "db.r7g.large"}), {}, {"Instance: db.r7g.large": "243.09"}),
    (state(INSTANCE, {"instanceClass": "db.t3.medium"}), {}, {"Instance: db.t3.medium": None}),
    (
        state(INSTANCE, {"instanceClass": "db.serverless"}), {"databaseUnits": 1.5},
        {"Instance: serverless, 1.5 ACU on average": "219"},
    ),
    (
        state(CACHE, {"engine": "valkey", "nodeType": "cache.t4g.small", "numCacheClusters": 2}), {},
        {"Nodes: 2 x cache.t4g.small (valkey)": "54.896"},
    ),
    (
        state(CACHE, {"nodeType": "cache.t4g.micro", "snapshotRetentionLimit": 7}), {},
        {"Nodes: 1 x cache.t4g.micro (redis)": "17.52", "Snapshots: 7 daily": None},
    ),
    (
        state("aws:s3/bucket:Bucket"), {"objectGb": 100, "objectMillionWrites": 2, "objectMillionReads": 10},
        {"Storage": "2.50", "Writes and lists": "9", "Reads": "3.50"},
    ),
    (state("aws:ecr/repository:Repository"), {"imageGb": 30}, {"Images": "3"}),
    (
        state("aws:cloudwatch/logGroup:LogGroup"), {"logGb": 10, "storedLogGb": 100},
        {"Logs that come in": "7.60", "Logs that are kept": "3.14"},
    ),
    (
        state("aws:secretsmanager/secret:Secret"), {"secretMillionRequests": 0.1},
        {"Secret": "0.40", "Requests": "0.50"},
    ),
    (state("aws:kms/key:Key"), {"keyMillionRequests": 2}, {"Key": "1", "Requests": "6"}),
    (state("aws:sesv2/emailIdentity:EmailIdentity"), {}, {"Mail": None}),
    (
        state("kubernetes:core/v1:PersistentVolumeClaim", CLAIM["volumeClaimTemplate"]), {},
        {"Volumes: 20Gi": "1.824"},
    ),
    (
        state(RELEASE, {"values": {"a": {"b": CLAIM}, "c": CLAIM}}), {},
        {"Volumes: 20Gi + 20Gi": "3.648"},
    ),
    (state(RELEASE, {"values": {"replicas": 2}}), {}, {}),
    (state("aws:ec2/vpc:Vpc"), {}, {}),
    (state("openmarket:network:Network"), {}, {}),
    (state("random:index/randomId:RandomId"), {}, {}),
    (state("aws:sqs/queue:Queue"), {}, {"(not in the price list)": None}),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "amounts", "expected"), CASES, ids=lambda each: getattr(each, "type", None))
def test_a_resource(resource: State, amounts: dict[str, float], expected: dict[str, str | None]) -> None:
    assert bill(resource, **amounts) == {what: usd if usd is None else Decimal(usd) for what, usd in expected.items()}


def test_nodes_and_their_volumes() -> None:
    found = bill(*node_group(), zoneGb=50)
    assert found == {
        "From zone to zone": Decimal(1),
        "Nodes: 2 x m7g.large": Decimal("146.438"),
        "Volumes: 2 x 50 GiB gp3": Decimal("9.12"),
    }


def test_spot_nodes_count_as_the_most_expensive_type_less_the_discount() -> None:
    group = node_group(capacityType="SPOT", instanceTypes=["t4g.large", "m7g.large", "m6g.large"])
    # 0.1003 x 0.4 x 1460
    assert bill(*group, spotDiscountPercent=60)["Nodes: 2 x m7g.large spot"] == Decimal("58.5752")


def test_nodes_on_demand_count_as_the_first_type() -> None:
    assert "Nodes: 2 x t4g.medium" in bill(*node_group(instanceTypes=["t4g.medium", "m7g.large"]))


def test_a_serverless_database_takes_its_minimum_at_least_and_its_maximum_at_most() -> None:
    limits = {"serverlessv2ScalingConfiguration": {"minCapacity": 1, "maxCapacity": 4}}
    found = lines(state(DATABASE, limits), state(INSTANCE, {"instanceClass": "db.serverless"}), databaseUnits=0.5)
    (instance,) = [line for line in found if line.kind == "Instance"]
    assert (instance.quantity, instance.at_most) == (730, 2920)


def test_a_serverless_database_is_never_above_its_maximum() -> None:
    limits = {"serverlessv2ScalingConfiguration": {"minCapacity": 0, "maxCapacity": 2}}
    found = lines(state(DATABASE, limits), state(INSTANCE, {"instanceClass": "db.serverless"}), databaseUnits=500)
    (instance,) = [line for line in found if line.kind == "Instance"]
    assert (instance.quantity, instance.at_most) == (1460, None)
    assert "databaseUnits is 500: no average is above the maximum" in instance.note


def test_what_resources_share_counts_once() -> None:
    groups = [
        state("aws:cloudwatch/logGroup:LogGroup", name="one", inside="openmarket:a:Network openmarket:a:FlowLogs"),
        state("aws:cloudwatch/logGroup:LogGroup", name="two", inside="openmarket:a:Network"),
    ]
    (line, _) = lines(*groups, logGb=10)
    assert (line.resource, line.component, line.monthly) == ("LogGroup (all)", "Network", Decimal("7.60"))
    (line, _) = lines(*groups, state(groups[0].type, name="three", inside="openmarket:b:Stores"), logGb=10)
    assert (line.resource, line.component) == ("LogGroup (all)", "(shared)")


@pytest.mark.parametrize("hidden", [UNKNOWN, SECRET, {"4dabf18193072939515e22adb298388d": "x", "ciphertext": "y"}])
def test_an_unknown_or_secret_size_is_said(hidden: object) -> None:
    found = lines(*node_group(desired=hidden))
    assert [(line.resource, line.pending, line.monthly) for line in found if line.price is None] == [
        ("nodes-general-group", True, None)
    ]
    assert "scalingConfig.desiredSize" in found[-1].note


@pytest.mark.parametrize(
    "inputs",
    [
        {"spec": {"ingressClassName": "alb"}},
        {"spec": {"ingressClassName": UNKNOWN}},
        {"spec": UNKNOWN},
        # So policies get it in a first preview.
        {},
    ],
)
def test_a_load_balancer_that_is_not_known_yet_is_not_free(inputs: dict[str, Any]) -> None:
    assert [line.pending for line in lines(state(INGRESS, inputs))][-1]


def test_a_node_group_without_its_template_has_volumes_nobody_knows() -> None:
    (_, group) = node_group()
    assert [line.what for line in lines(group) if line.pending] == ["(not known yet)"]
    assert group.type == NODE_GROUP


def test_a_volume_of_an_unreadable_size_is_said() -> None:
    claim = {"spec": {"resources": {"requests": {"storage": "20000000000"}}}}
    (line,) = lines(state("kubernetes:core/v1:PersistentVolumeClaim", claim))
    assert line.pending
    assert "20000000000" in line.note
