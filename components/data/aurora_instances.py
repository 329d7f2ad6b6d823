"""The instances of an Aurora cluster."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import permissions

_MONITORING_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
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
    apply_immediately: bool


class AuroraInstances(pulumi.ComponentResource):
    """Creates one instance per zone, and with detailed monitoring the role that RDS writes the system metrics with."""

    def __init__(self, name: str, args: AuroraInstancesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:AuroraInstances", name, {}, opts)
        self._name = name
        role_arn: pulumi.Output[str] | None = None
        needed: list[pulumi.Resource] = []
        if args.detailed_monitoring:
            role_arn, permission = self._monitoring()
            # RDS refuses a role that may not write.
            needed = [permission]
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
                apply_immediately=args.apply_immediately,
                opts=pulumi.ResourceOptions(parent=self, depends_on=needed),
            )
        self.register_outputs({})

    def _monitoring(self) -> tuple[pulumi.Output[str], pulumi.Resource]:
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            f"{self._name}-monitoring-role",
            assume_role_policy=permissions.service_trust("monitoring.rds.amazonaws.com"),
            opts=child,
        )
        permission = aws.iam.RolePolicyAttachment(
            f"{self._name}-monitoring-policy", role=role.name, policy_arn=_MONITORING_POLICY, opts=child
        )
        return role.arn, permission
