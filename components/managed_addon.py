"""The shape that all EKS add-ons of this program share."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class ManagedAddon:
    """An add-on by its name in EKS. Without a version it is AWS's default when it is created, and stays that."""

    name: str
    cluster_name: str
    version: str | None


def managed_addon(
    name: str,
    addon: ManagedAddon,
    settings: Mapping[str, Any],
    parent: pulumi.Resource,
    after: Sequence[pulumi.Resource],
    role_arn: pulumi.Input[str] | None = None,
) -> aws.eks.Addon:
    """An EKS add-on of this program's own, and all its pods ready.

    `after` leads to the cluster, whose name is plain text: it does not show that there is a cluster.
    """
    return aws.eks.Addon(
        name,
        cluster_name=addon.cluster_name,
        addon_name=addon.name,
        addon_version=addon.version,
        service_account_role_arn=role_arn,
        configuration_values=json.dumps(settings, sort_keys=True) if settings else None,
        resolve_conflicts_on_create="OVERWRITE",
        resolve_conflicts_on_update="OVERWRITE",
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )
