"""The instances of an Aurora cluster."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.iam.grants import ManagedGrant
from components.iam.identity import service_role

_MONITORING = ManagedGrant("policy", "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole")
_MONITORING_SECONDS = 60


@dataclass(frozen=True)
class AuroraInstancesArgs:
    """Inputs of `AuroraInstances`."""

    cluster_identifier: pulumi.Input[str]
    label: str
    instance_class: str
    zones: Sequence[str]
    """Availability zones, one instance in each; the first one is preferred as writer."""
    detailed_monitoring: bool
    maintenance_window: str
    """When RDS changes the class, in UTC. Without one of its own, an instance would get one at random."""
    apply_immediately: bool
    """True to change the class at once instead."""


class AuroraInstances(pulumi.ComponentResource):
    """Creates one instance per zone, and with detailed monitoring the role that RDS writes the system metrics with."""

    def __init__(self, name: str, args: AuroraInstancesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:AuroraInstances", name, {}, opts)
        role_arn: pulumi.Output[str] | None = None
        if args.detailed_monitoring:
            # RDS refuses a role that may not write.
            role_arn = service_role(f"{name}-monitoring", "monitoring.rds.amazonaws.com", [_MONITORING], self)
        for tier, zone in enumerate(args.zones):
            letter = zone[-1]
            aws.rds.ClusterInstance(
                f"{name}-{letter}",
                identifier=f"{args.label}-{letter}",
                cluster_identifier=args.cluster_identifier,
                engine=aws.rds.EngineType.AURORA_MYSQL,
                instance_class=args.instance_class,
                availability_zone=zone,
                promotion_tier=tier,
                publicly_accessible=False,
                auto_minor_version_upgrade=False,
                monitoring_interval=_MONITORING_SECONDS if role_arn is not None else 0,
                monitoring_role_arn=role_arn,
                preferred_maintenance_window=args.maintenance_window,
                apply_immediately=args.apply_immediately,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
