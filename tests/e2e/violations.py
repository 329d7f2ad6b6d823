"""A program that breaks every rule of the policy pack, each with one resource that has the rule's name."""

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from tests.policies.cases import DATABASE
from tests.policies.table import CASES

# Not known before the update, as a new cluster's is: so no preview asks a cluster.
kubeconfig = aws.s3.Bucket("place").arn
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)


def database_beside_the_internet(name: str) -> None:
    """Whether a subnet has a way out is a matter of several resources."""
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
    gateway = aws.ec2.InternetGateway("gateway", vpc_id=vpc.id)
    table = aws.ec2.RouteTable("table", vpc_id=vpc.id)
    aws.ec2.Route("route", route_table_id=table.id, destination_cidr_block="0.0.0.0/0", gateway_id=gateway.id)
    subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
    aws.ec2.RouteTableAssociation("association", subnet_id=subnet.id, route_table_id=table.id)
    aws.rds.SubnetGroup(name, subnet_ids=[subnet.id])


def topic_that_nobody_reads(name: str) -> None:
    """Only an alarm makes a topic one that somebody has to read."""
    topic = aws.sns.Topic(name)
    aws.cloudwatch.MetricAlarm(
        "alarm",
        namespace="AWS/RDS",
        metric_name="CPUUtilization",
        statistic="Maximum",
        period=300,
        evaluation_periods=1,
        comparison_operator="GreaterThanThreshold",
        threshold=90,
        alarm_actions=[topic.arn],
    )


for rule, case in CASES.items():
    if rule == "store-isolated":
        database_beside_the_internet(rule)
        continue
    if rule == "alarm-receivers":
        topic_that_nobody_reads(rule)
        continue
    if rule == "outputs-without-secrets":
        pulumi.export(rule, DATABASE["masterPassword"])
        continue
    broken = dict(case.failing()[0].content)
    if case.type == "pulumi:providers:aws":
        aws.Provider(rule, region=broken["region"])
        continue
    provider = cluster if case.type.startswith("kubernetes:") else None
    pulumi.CustomResource(case.type, rule, broken, pulumi.ResourceOptions(provider=provider))
