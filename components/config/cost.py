"""The budget of the stack, and the assumptions of its estimate: `ops cost` and the policies read them."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from components.base.section import Section, keys_of

_MOST = Decimal(10) ** 12


def _plausible(amount: Decimal) -> Decimal:
    # 1e400 is a number too, for YAML and for Decimal, but for nothing that reads an estimate.
    if amount > _MOST:
        raise ValueError(f"at most {_MOST:,}")
    return amount


Amount = Annotated[Decimal, Field(ge=0, allow_inf_nan=False), AfterValidator(_plausible)]


class UsageConfig(Section):
    """Assumptions about one month of the whole stack; what depends on traffic cannot be read from resources.

    GB are as AWS bills them.
    """

    spot_discount_percent: Annotated[Decimal, Field(ge=0, lt=100)] = Field(
        description="by how many percent spot instances cost less than on demand, from 0 to below 100"
    )
    nat_gb: Amount = Field(description="GB through the NAT gateways, 0 or more")
    endpoint_gb: Amount = Field(description="GB through interface endpoints, 0 or more")
    zone_gb: Amount = Field(description="GB from zone to zone, 0 or more")
    internet_gb: Amount = Field(description="GB from the load balancer to the internet, 0 or more")
    load_balancer_units: Amount = Field(description="load balancer capacity units (LCU) on average, 0 or more")
    database_units: Amount = Field(
        description="Aurora capacity units (ACU) of a serverless instance on average, 0 or more"
    )
    database_gb: Amount = Field(description="GB in the database, 0 or more")
    database_million_requests: Amount = Field(description="millions of the database's I/O requests, 0 or more")
    backup_gb: Amount = Field(description="GB of database backups beyond the free ones, 0 or more")
    object_gb: Amount = Field(description="GB in all buckets, old versions included, 0 or more")
    object_million_writes: Amount = Field(description="millions of PUT, COPY, POST and LIST on buckets, 0 or more")
    object_million_reads: Amount = Field(description="millions of GET on buckets, 0 or more")
    image_gb: Amount = Field(description="GB of container images, 0 or more")
    cdn_gb: Amount = Field(description="GB from the CDN to browsers, 0 or more")
    cdn_million_requests: Amount = Field(description="millions of requests to the CDN, 0 or more")
    firewall_million_requests: Amount = Field(description="millions of requests to the firewalls, 0 or more")
    log_gb: Amount = Field(description="GB of logs that come in, 0 or more")
    stored_log_gb: Amount = Field(description="GB of logs that are kept, 0 or more")
    key_million_requests: Amount = Field(description="millions of requests to KMS, 0 or more")
    secret_million_requests: Amount = Field(description="millions of requests to Secrets Manager, 0 or more")


class CostConfig(Section):
    """The bill, in USD per month of 730 hours."""

    monthly_budget: Annotated[Decimal, Field(gt=0, allow_inf_nan=False), AfterValidator(_plausible)] = Field(
        description="USD that the monthly estimate has to stay within, more than 0"
    )
    usage: UsageConfig = Field(description=keys_of(UsageConfig))
