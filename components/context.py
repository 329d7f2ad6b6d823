"""The context that all components of a stack share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.config import Keys, StackConfig


@dataclass(frozen=True)
class StackContext:
    """The facts about a stack that any component may need, besides settings of its own."""

    stack: str
    """The stack's name, such as `dev`."""
    prefix: str
    """The beginning of physical names, `openmarket-<stack>`; also the name of the shop's namespace."""
    cluster_name: str
    """The name of the EKS cluster."""
    region: str
    account_id: pulumi.Input[str]
    production: bool
    """Production leaves final snapshots and backups behind, and applies changes in maintenance windows only."""
    protected: bool
    """True if Pulumi and AWS refuse to delete resources that hold data."""
    log_retention_days: int
    recovery_days: int
    """Days for which a deleted secret can be restored; 0 deletes at once, and frees the name."""
    tags: Mapping[str, str]
    """Tags for resources that AWS creates on the stack's behalf, which the provider's default tags do not reach."""
    encryption_keys: Keys
    """One key for all stores, or one for each."""
    keys: Mapping[str, pulumi.Input[str]]
    """ARNs of the KMS keys, by what they encrypt: one of `components.encryption.STORES`."""

    @classmethod
    def of(
        cls, stack: StackConfig, account_id: pulumi.Input[str], keys: Mapping[str, pulumi.Input[str]]
    ) -> StackContext:
        """The context of a configured stack."""
        return cls(
            stack=stack.stack,
            prefix=stack.prefix,
            cluster_name=stack.cluster_name,
            region=stack.region,
            account_id=account_id,
            production=stack.production,
            protected=stack.deletion_protection,
            log_retention_days=stack.log_retention_days,
            recovery_days=stack.recovery_days,
            tags=stack.tags,
            encryption_keys=stack.encryption.keys,
            keys=keys,
        )
