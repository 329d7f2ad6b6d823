"""Where else a service connects to, besides what `uses`, `calls` and `internet` stand for."""

from collections.abc import Mapping
from typing import Any, Literal, cast

from pydantic import Field, model_validator

from components.base.section import Network, Section, mismatch
from components.config.network import LINK_LOCAL

_HOST = (
    "to go: network policies of the VPC CNI know addresses and no names, which need EKS Auto Mode. Write the server's "
    "addresses as cidr; of an HTTPS server whose addresses change, internet: true"
)
"""https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html"""


class EgressConfig(Section):
    """A network and a port that a service may connect to."""

    cidr: Network = Field(description="an IPv4 network with its prefix length, such as 198.51.100.0/24")
    port: int = Field(ge=1, le=65535, description="a port, 1 to 65535")
    protocol: Literal["TCP", "UDP"] = Field(default="TCP", description="TCP or UDP")

    @model_validator(mode="before")
    @classmethod
    def _no_names(cls, given: object) -> object:
        if not isinstance(given, Mapping):
            return given
        section = cast(Mapping[str, Any], given)
        if "host" in section:
            raise mismatch("host", section["host"], _HOST)
        return section

    @model_validator(mode="after")
    def _no_metadata(self) -> "EgressConfig":
        if self.cidr.subnet_of(LINK_LOCAL):
            expected = f"a network outside {LINK_LOCAL}: instance metadata is there, and with it the node's role"
            raise mismatch("cidr", str(self.cidr), expected)
        return self

    def __str__(self) -> str:
        return f"{self.cidr} {self.protocol} {self.port}"
