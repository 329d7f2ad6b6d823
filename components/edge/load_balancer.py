"""The settings of the load balancer, which its controller creates for an Ingress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

_LONGER_SECONDS = 5
"""An allowance: AWS asks for a longer timeout than the load balancer's, and does not say by how much."""


@dataclass(frozen=True)
class LoadBalancer:
    """The load balancer, apart from the backends of its hosts."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Public subnets, in two zones at least."""
    security_group_id: pulumi.Input[str]
    tls: bool
    """True if it serves on 443 and redirects from 80; otherwise it serves plain HTTP on 80."""
    certificate_arn: pulumi.Input[str]
    """The certificate for 443; unused without `tls`."""
    further_certificates: Mapping[str, pulumi.Input[str]]
    """Certificates of hosts in other domains than the stack's, by host."""
    web_acl_arn: pulumi.Input[str]
    """ARN of the WAF web ACL; empty when the firewall is off."""
    shield: bool
    """True if Shield Advanced protects it, for which the account needs a subscription."""
    log_bucket: pulumi.Input[str]
    """The bucket that gets access logs, below `alb/`."""
    idle_timeout_seconds: int
    """Seconds without data after which it closes a connection."""
    deletion_protection: bool
    """True if the controller refuses to delete it."""

    @property
    def certificates(self) -> Mapping[str, pulumi.Input[str]]:
        """All certificates for 443, by host; the one for all hosts of the stack's domain has an empty name."""
        return {"": self.certificate_arn, **self.further_certificates} if self.tls else {}

    @property
    def keep_alive_milliseconds(self) -> int:
        """Milliseconds for which a server must keep an idle connection open, so that the load balancer closes it first.

        Otherwise a request can meet a connection that the server closes at that moment, and be answered with 502
        (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html).
        """
        return (self.idle_timeout_seconds + _LONGER_SECONDS) * 1000
