"""The network of database and cache."""

import pytest

from tests.components.program import Deployed

CLUSTER = "rds/cluster:Cluster"
INSTANCE = "rds/clusterInstance:ClusterInstance"
GROUP = "elasticache/replicationGroup:ReplicationGroup"
DATA = "data-database", "data-cache"


def test_stores_live_in_data_subnets(deployed: Deployed) -> None:
    subnets = {subnet.inputs["cidrBlock"] for subnet in deployed.of("ec2/subnet:Subnet") if "-data-" in subnet.name}
    for kind in ("rds/subnetGroup:SubnetGroup", "elasticache/subnetGroup:SubnetGroup"):
        assert len(deployed.one(kind).inputs["subnetIds"]) == len(subnets)
    assert all(not instance.inputs["publiclyAccessible"] for instance in deployed.of(INSTANCE))


@pytest.mark.parametrize(("store", "port", "type_"), [(DATA[0], 3306, CLUSTER), (DATA[1], 6379, GROUP)])
def test_only_pods_connect(dev: Deployed, store: str, port: int, type_: str) -> None:
    pods = dev.one(":SecurityGroupIngressRule", "public-ingress-load-balancer-pods-from-load-balancer-3000").inputs[
        "securityGroupId"
    ]
    rule = dev.one(":SecurityGroupIngressRule", f"{store}-access-from-pods").inputs
    assert (rule["fromPort"], rule["toPort"], rule["referencedSecurityGroupId"]) == (port, port, pods)
    inputs = dev.one(type_).inputs
    groups = inputs["vpcSecurityGroupIds"] if type_ == CLUSTER else inputs["securityGroupIds"]
    assert groups == [rule["securityGroupId"]]
    rules = [*dev.of(":SecurityGroupIngressRule"), *dev.of(":SecurityGroupEgressRule")]
    assert [r.name for r in rules if r.inputs["securityGroupId"] in groups] == [f"{store}-access-from-pods"]
