"""Names of the shop's hosts."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.edge.zone import record_options


@dataclass(frozen=True)
class HostRecordsArgs:
    """Inputs of `HostRecords`."""

    zones: Mapping[str, str]
    """The Route 53 zones by the full names of the hosts that they get a record for."""
    load_balancer_dns: pulumi.Input[str]
    """The name that AWS gave to the load balancer."""
    zone_provider: pulumi.ProviderResource | None = None
    """The provider that writes into the zone; None for the stack's own."""


class HostRecords(pulumi.ComponentResource):
    """Creates an alias record per host, which follows the load balancer's addresses. They are IPv4, as the VPC is."""

    def __init__(self, name: str, args: HostRecordsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:edge:HostRecords", name, {}, opts)
        zone = aws.lb.get_hosted_zone_id_output(load_balancer_type="application")
        for host, hosted_zone_id in args.zones.items():
            aws.route53.Record(
                f"{name}-{host}",
                zone_id=hosted_zone_id,
                name=host,
                type=aws.route53.RecordType.A,
                aliases=[
                    aws.route53.RecordAliasArgs(
                        name=args.load_balancer_dns,
                        zone_id=zone.id,
                        # The load balancer knows which of its targets are healthy; there is nowhere else to send to.
                        evaluate_target_health=False,
                    )
                ],
                opts=record_options(self, args.zone_provider),
            )
        self.register_outputs({})
