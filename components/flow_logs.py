"""A record of the network's traffic."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import permissions


@dataclass(frozen=True)
class FlowLogsArgs:
    """Inputs of `FlowLogs`."""

    vpc_id: pulumi.Input[str]
    log_group_name: str
    retention_days: int
    key_arn: pulumi.Input[str]


class FlowLogs(pulumi.ComponentResource):
    """Creates flow logs of all traffic in a VPC, their log group, and the role that writes into it."""

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:network:FlowLogs", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = aws.cloudwatch.LogGroup(
            f"{name}-group",
            name=args.log_group_name,
            retention_in_days=args.retention_days,
            kms_key_id=args.key_arn,
            opts=child,
        )
        role = aws.iam.Role(
            f"{name}-role", assume_role_policy=permissions.service_trust("vpc-flow-logs.amazonaws.com"), opts=child
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy", role=role.name, policy=group.arn.apply(permissions.flow_log_delivery), opts=child
        )
        aws.ec2.FlowLog(
            f"{name}-log",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            # AWS takes the flow log without, and reports `Access error` as its status until the role may write.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.register_outputs({})
