"""Log groups, which all have the stack's retention and key."""

import pulumi
import pulumi_aws as aws

from components.context import StackContext


def log_group(resource: str, name: str, context: StackContext, opts: pulumi.ResourceOptions) -> aws.cloudwatch.LogGroup:
    """Create a log group in the stack's region.

    Args:
        resource: The resource's name in the stack.
        name: The log group's name in CloudWatch.
    """
    return aws.cloudwatch.LogGroup(
        resource,
        name=name,
        retention_in_days=context.log_retention_days,
        kms_key_id=context.keys["logs"],
        opts=opts,
    )
