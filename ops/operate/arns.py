"""How the ARNs of resources look that the Resource Groups Tagging API lists, and what the provider imports them by."""

from collections.abc import Mapping

ARNS: Mapping[str, tuple[str, str, str]] = {
    "aws:acm/certificate:Certificate": ("acm", "certificate/{chosen}", "{arn}"),
    "aws:backup/plan:Plan": ("backup", "backup-plan:{chosen}", "{chosen}"),
    "aws:backup/vault:Vault": ("backup", "backup-vault:{name}", "{name}"),
    "aws:cloudfront/distribution:Distribution": ("cloudfront", "distribution/{chosen}", "{chosen}"),
    "aws:cloudwatch/logGroup:LogGroup": ("logs", "log-group:{name}", "{name}"),
    "aws:ec2/eip:Eip": ("ec2", "elastic-ip/{chosen}", "{chosen}"),
    "aws:ec2/flowLog:FlowLog": ("ec2", "vpc-flow-log/{chosen}", "{chosen}"),
    "aws:ec2/internetGateway:InternetGateway": ("ec2", "internet-gateway/{chosen}", "{chosen}"),
    "aws:ec2/natGateway:NatGateway": ("ec2", "natgateway/{chosen}", "{chosen}"),
    "aws:ec2/routeTable:RouteTable": ("ec2", "route-table/{chosen}", "{chosen}"),
    "aws:ec2/subnet:Subnet": ("ec2", "subnet/{chosen}", "{chosen}"),
    "aws:ec2/vpc:Vpc": ("ec2", "vpc/{chosen}", "{chosen}"),
    "aws:ec2/vpcEndpoint:VpcEndpoint": ("ec2", "vpc-endpoint/{chosen}", "{chosen}"),
    "aws:ecr/repository:Repository": ("ecr", "repository/{name}", "{name}"),
    "aws:eks/addon:Addon": ("eks", "addon/{clusterName}/{addonName}/{chosen}", "{clusterName}:{addonName}"),
    "aws:eks/cluster:Cluster": ("eks", "cluster/{name}", "{name}"),
    "aws:eks/nodeGroup:NodeGroup": (
        "eks", "nodegroup/{clusterName}/{nodeGroupName}/{chosen}", "{clusterName}:{nodeGroupName}",
    ),
    "aws:elasticache/parameterGroup:ParameterGroup": ("elasticache", "parametergroup:{name}", "{name}"),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        "elasticache", "replicationgroup:{replicationGroupId}", "{replicationGroupId}",
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": ("elasticache", "subnetgroup:{name}", "{name}"),
    "aws:kms/key:Key": ("kms", "key/{chosen}", "{chosen}"),
    "aws:lambda/function:Function": ("lambda", "function:{name}", "{name}"),
    "aws:rds/cluster:Cluster": ("rds", "cluster:{clusterIdentifier}", "{clusterIdentifier}"),
    "aws:rds/clusterInstance:ClusterInstance": ("rds", "db:{identifier}", "{identifier}"),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": ("rds", "cluster-pg:{name}", "{name}"),
    "aws:rds/parameterGroup:ParameterGroup": ("rds", "pg:{name}", "{name}"),
    "aws:rds/subnetGroup:SubnetGroup": ("rds", "subgrp:{name}", "{name}"),
    "aws:s3/bucket:Bucket": ("s3", "{bucket}", "{bucket}"),
    "aws:secretsmanager/secret:Secret": ("secretsmanager", "secret:{name}-{chosen}", "{arn}"),
    "aws:sesv2/emailIdentity:EmailIdentity": ("ses", "identity/{emailIdentity}", "{emailIdentity}"),
    "aws:sns/topic:Topic": ("sns", "{name}", "{arn}"),
}  # fmt: skip
"""By type: the service, the ARN's last part, and the id.

In braces are inputs of the creation; `chosen` is what AWS chose, and `arn` the whole ARN. The ids are those of the
section on import in the SDK's documentation of the type.
"""
