"""What of AWS the load balancer is put together from. Its controller makes it, for an Ingress."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

_LONGER_SECONDS = 5
"""An allowance: AWS asks for a longer time than the load balancer's and does not say by how much."""


@dataclass(frozen=True)
class LoadBalancer:
    """The load balancer, apart from where it sends requests."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Public ones, in two zones at least."""
    security_group_id: pulumi.Input[str]
    tls: bool
    """Serves on 443 and redirects from 80; otherwise plain HTTP on 80."""
    certificate_arn: pulumi.Input[str]
    """In use with `tls`."""
    web_acl_arn: pulumi.Input[str]
    """Of a firewall; empty for none."""
    shield: bool
    """Adds it to what Shield Advanced protects, which the account has to be subscribed to."""
    log_bucket: pulumi.Input[str]
    """Gets access logs, below `alb/`."""
    idle_timeout_seconds: int
    """After which it closes a connection without data."""
    deletion_protection: bool
    """The controller refuses to delete it as long as its Ingress says so."""

    @property
    def keep_alive_milliseconds(self) -> int:
        """For how long a server must keep an idle connection open, so that the load balancer is the one to close it.

        Otherwise a request can meet a connection that the server closes at that moment, and be answered with 502
        (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html).
        """
        return (self.idle_timeout_seconds + _LONGER_SECONDS) * 1000
