"""Configuration of what stands between the shop and the internet."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from components.config.section import Section

HostedZoneId = Annotated[str, Field(pattern=r"^(Z[A-Z0-9]{1,31})?$")]
DomainOrNone = Annotated[str, Field(pattern=r"^(([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})?$")]


class PriceClass(StrEnum):
    """Which of CloudFront's edge locations serve, out of those classes that include Korea."""

    MOST = "PriceClass_200"
    ALL = "PriceClass_All"


class CdnConfig(Section):
    """CloudFront."""

    price_class: PriceClass = Field(description="PriceClass_200 or PriceClass_All; PriceClass_100 leaves Korea out")


class FirewallConfig(Section):
    """AWS WAF."""

    enabled: bool = Field(description="true or false")
    requests_per_five_minutes: int = Field(
        ge=100, le=2_000_000_000, description="requests from one address in five minutes before it is blocked"
    )


class EmailConfig(Section):
    """Amazon SES."""

    domain: DomainOrNone = Field(default="", description="the domain that mail comes from, or empty for no mail")
