"""Daily backups of what the shop stores, with a copy in a second region."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.config.data import BackupConfig
from components.context import StackContext
from components.iam.grants import ManagedGrant
from components.iam.identity import service_role

_DAILY = "cron(0 19 * * ? *)"
"""UTC, from 4:00 in Seoul: after the database's own backup window."""
_HOURS_TO_START, _HOURS_TO_END = 1, 24
_LOCAL_DAYS = 2
"""Days that the backup itself is kept: until it is copied. The stores' own backups are there for everything else."""
_NAMESPACE_TAG = "aws:ResourceTag/kubernetes.io/created-for/pvc/namespace"
"""The EBS CSI driver tags each volume with the namespace of its claim (docs/tagging.md of its repository)."""
_GRANTS = (
    ManagedGrant("backups", "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"),
    ManagedGrant("bucket-backups", "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup"),
)


@dataclass(frozen=True)
class BackupCopiesArgs:
    """Inputs of `BackupCopies`."""

    context: StackContext
    settings: BackupConfig
    resources: Sequence[pulumi.Input[str]]
    """ARNs of what is backed up: databases, and buckets with versioning."""
    volumes: bool
    """True if the volumes of the shop's services are, of which only the EBS CSI driver knows the ARNs."""


class BackupCopies(pulumi.ComponentResource):
    """Creates an AWS Backup plan that backs the resources up every day, and copies that into another region.

    With it: a vault in either region, and the role by which AWS Backup reads. The copies are encrypted with AWS
    Backup's own key of that region, as the stack's keys are in its own. Vaults of a protected stack are deleted only
    when empty.
    """

    def __init__(self, name: str, args: BackupCopiesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:BackupCopies", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self, protect=args.context.protected)
        prefix, settings = args.context.prefix, args.settings
        vault = aws.backup.Vault(
            f"{name}-vault",
            name=f"{prefix}-backups",
            kms_key_arn=args.context.keys["database"],
            force_destroy=not args.context.protected,
            opts=child,
        )
        copies = aws.backup.Vault(
            f"{name}-copies",
            name=f"{prefix}-copies",
            region=settings.copy_region,
            force_destroy=not args.context.protected,
            opts=child,
        )
        plan = aws.backup.Plan(
            f"{name}-plan",
            name=f"{prefix}-backups",
            rules=[
                aws.backup.PlanRuleArgs(
                    rule_name="daily",
                    target_vault_name=vault.name,
                    schedule=_DAILY,
                    start_window=_HOURS_TO_START * 60,
                    completion_window=_HOURS_TO_END * 60,
                    lifecycle=aws.backup.PlanRuleLifecycleArgs(delete_after=_LOCAL_DAYS),
                    copy_actions=[
                        aws.backup.PlanRuleCopyActionArgs(
                            destination_vault_arn=copies.arn,
                            lifecycle=aws.backup.PlanRuleCopyActionLifecycleArgs(delete_after=settings.copy_days),
                        )
                    ],
                )
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        role_arn = service_role(f"{name}-service", "backup.amazonaws.com", _GRANTS, self)
        aws.backup.Selection(
            f"{name}-selection",
            name=f"{prefix}-stores",
            plan_id=plan.id,
            iam_role_arn=role_arn,
            resources=list(args.resources),
            opts=pulumi.ResourceOptions(parent=self),
        )
        if args.volumes:
            aws.backup.Selection(
                f"{name}-volumes",
                name=f"{prefix}-volumes",
                plan_id=plan.id,
                iam_role_arn=role_arn,
                # Those that have the tag: AWS Backup takes what meets both.
                resources=["arn:aws:ec2:*:*:volume/*"],
                conditions=[
                    aws.backup.SelectionConditionArgs(
                        string_equals=[aws.backup.SelectionConditionStringEqualArgs(key=_NAMESPACE_TAG, value=prefix)]
                    )
                ],
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
