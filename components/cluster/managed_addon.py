"""EKS managed add-ons as this program creates them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class ManagedAddon:
    """An EKS add-on of one cluster."""

    name: str
    """The add-on's name in EKS, such as `vpc-cni`."""
    cluster_name: str
    version: str | None
    """None for AWS's default when the add-on is created, which later runs do not change."""


def managed_addon(
    name: str,
    addon: ManagedAddon,
    settings: Mapping[str, Any],
    opts: pulumi.ResourceOptions,
    role_arn: pulumi.Input[str] | None = None,
) -> aws.eks.Addon:
    """Creates an EKS add-on. It exists once all its pods are ready.

    Args:
        name: The resource's name.
        addon: The add-on, its cluster and its version.
        settings: The add-on's configuration values; empty for its defaults.
        opts: Must depend on something of the cluster, whose name does not show that it exists.
        role_arn: The role of the add-on's service account, or None if the add-on needs nothing of AWS.
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
        opts=opts,
    )
