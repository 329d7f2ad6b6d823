"""Configuration of the page that the load balancer shows in the shop's place."""

import html
from typing import Annotated

from pydantic import AfterValidator, Field

from components.base.section import Network, Section, Switch, Unique
from components.config.routes import HostLabel

LONGEST_PAGE = 1024
"""Characters of an answer that the load balancer gives itself.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_FixedResponseActionConfig.html
"""

_PAGE = (
    '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<meta http-equiv="refresh" content="60"><title>503</title>'
    '<p style="font:1.2em sans-serif;text-align:center;margin:20vh 1em">{message}</p>'
)
"""A browser asks again after a minute: the load balancer can send no header such as Retry-After."""


def page(message: str) -> str:
    """The page in HTML with the message, in ASCII: other characters are written as references."""
    return _PAGE.format(message=html.escape(message).encode("ascii", "xmlcharrefreplace").decode())


def _fits(message: str) -> str:
    if (length := len(page(message))) > LONGEST_PAGE:
        raise ValueError(
            f"the page would have {length} characters, and the load balancer takes {LONGEST_PAGE}; "
            "a character outside of ASCII counts as about eight"
        )
    return message


class MaintenanceConfig(Section):
    """The maintenance page: one switch, whom it is shown to, and what it says."""

    enabled: Switch = Field(default=False, description="true to answer with the maintenance page; false to serve")
    message: Annotated[str, AfterValidator(_fits)] = Field(
        default="The shop is under maintenance and will be back soon. 지금은 점검 중입니다. 잠시 후 다시 찾아 주세요.",
        min_length=1,
        description="the text of the page, without HTML",
    )
    hosts: Annotated[tuple[HostLabel, ...], Unique] = Field(
        default=(), description="hosts of services or redirects that show the page, or an empty list for all"
    )
    allowed_cidrs: Annotated[tuple[Network, ...], Unique] = Field(
        default=(), description="IPv4 networks that reach the shop nevertheless, such as [198.51.100.0/24]"
    )
