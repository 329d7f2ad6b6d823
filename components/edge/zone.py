"""Who writes DNS records: the stack's credentials, or a role of the account that the hosted zone is in."""

import pulumi
import pulumi_aws as aws

from components.context import StackContext


def zone_provider_of(name: str, role_arn: str, context: StackContext) -> aws.Provider | None:
    """The provider for the records of a hosted zone in another account; None for one in the stack's own.

    Args:
        name: Name of the provider among the stack's resources.
        role_arn: The role that may change records of the zone, and that the deploying role may assume; empty for none.
        context: The stack, by whose prefix the zone's owner recognises the session in CloudTrail.
    """
    if not role_arn:
        return None
    return aws.Provider(
        name,
        region=context.region,
        assume_roles=[aws.ProviderAssumeRoleArgs(role_arn=role_arn, session_name=context.prefix)],
        # A wrong role would write into another account's zone, if there is one of that id.
        allowed_account_ids=[role_arn.split(":")[4]],
        default_tags=aws.ProviderDefaultTagsArgs(tags=dict(context.tags)),
    )


def record_options(parent: pulumi.Resource, provider: pulumi.ProviderResource | None) -> pulumi.ResourceOptions:
    """The options of a record that a component has in the zone."""
    return pulumi.ResourceOptions(parent=parent, provider=provider)
