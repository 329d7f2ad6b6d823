"""Every AWS resource type that the emulator knows, by Pulumi's type token."""

from emulator.aws.resource_type import ResourceType
from emulator.aws.types import (
    acm,
    alarms,
    backup,
    cloudfront,
    cloudwatch,
    ec2,
    ecr,
    eks,
    elasticache,
    iam,
    kms,
    lambda_,
    load_balancing,
    money,
    network,
    rds,
    route53,
    s3,
    secretsmanager,
    security_groups,
    sesv2,
    shield,
    sns,
    wafv2,
)  # fmt: skip
from emulator.plugins.provider import ProviderError

_MODULES = (
    acm, alarms, backup, cloudfront, cloudwatch, ec2, ecr, eks, elasticache, iam, kms, lambda_, load_balancing, money,
    network, rds, route53, s3, secretsmanager, security_groups, sesv2, shield, sns, wafv2,
)  # fmt: skip

TYPES: dict[str, ResourceType] = {type_.type: type_ for module in _MODULES for type_ in module.TYPES}


def lookup(token: str) -> ResourceType:
    """The entry of a type token like `aws:ec2/vpc:Vpc`.

    Raises:
        ProviderError: There is none, or only AWS itself makes such objects.
    """
    type_ = TYPES.get(token)
    if type_ is None or type_.owned_by_aws:
        service = token.removeprefix("aws:").partition("/")[0]
        raise ProviderError(
            f"The emulator does not know the resource type {token}: describe it in emulator/aws/types/{service}.py"
        )
    return type_
