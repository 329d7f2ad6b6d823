"""Flow logs of a VPC."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.context import StackContext
from components.iam import permissions
from components.iam.grants import Grant
from components.iam.identity import service_role
from components.log_group import log_group


@dataclass(frozen=True)
class FlowLogsArgs:
    """Inputs of `FlowLogs`."""

    context: StackContext
    vpc_id: pulumi.Input[str]


class FlowLogs(pulumi.ComponentResource):
    """Creates flow logs of all traffic in a VPC, their log group, and the role that writes into it."""

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:network:FlowLogs", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = log_group(f"{name}-group", f"/aws/vpc/{args.context.prefix}/flow-logs", args.context, child)
        # AWS creates flow logs for a role that may not write yet, and reports `Access error` as their status.
        role_arn = service_role(
            name, "vpc-flow-logs.amazonaws.com", [Grant("policy", group.arn.apply(permissions.flow_log_delivery))], self
        )
        aws.ec2.FlowLog(
            f"{name}-log",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination=group.arn,
            iam_role_arn=role_arn,
            opts=child,
        )
        self.register_outputs({})
