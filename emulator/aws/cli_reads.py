"""Implements what `aws` reads of node groups, roles and secrets, in the shapes of AWS's answers."""

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from emulator.aws import eks_node_groups
from emulator.aws.acts import END_OF_SUPPORT
from emulator.aws.functions import ZONES
from emulator.aws.instance_types import TYPES
from emulator.aws.tokens import CLUSTER, NODE_GROUP, ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT, SUBNET
from emulator.aws.types.secretsmanager import SECRET, VERSION
from emulator.plugins.provider import ProviderError
from emulator.store import PENDING_DELETION, Store, StoredObject

_GROUP = (
    "nodegroupName", "nodegroupArn", "clusterName", "version", "releaseVersion", "status", "capacityType",
    "scalingConfig", "instanceTypes", "subnets", "amiType", "nodeRole", "labels", "taints", "launchTemplate",
)  # fmt: skip
"""Members of DescribeNodegroup's answer that the account has."""
_GROUP_OUTPUTS = {
    "nodegroupName": "nodeGroupName", "nodegroupArn": "arn", "subnets": "subnetIds", "nodeRole": "nodeRoleArn",
}  # fmt: skip
"""Their names in the account, where these differ."""
_SUPPORT = {
    "1.34": {"endOfStandardSupportDate": "2026-12-02T00:00:00+00:00"},
    "1.35": {"endOfStandardSupportDate": "2027-03-27T00:00:00+00:00"},
    "1.36": {
        "endOfStandardSupportDate": "2027-08-02T00:00:00+00:00",
        "endOfExtendedSupportDate": "2028-08-02T00:00:00+00:00",
    },
}
"""Ends of support by Kubernetes version, from https://endoflife.date/amazon-eks."""
_BY_TYPE = "Name=instance-type,Values="


def describe_nodegroup(store: Store, arguments: argparse.Namespace) -> str:
    """The node group, with its sizes as they are now."""
    if store.get(CLUSTER, arguments.cluster or "") is None:
        raise ProviderError(f"ResourceNotFoundException: No cluster found for name: {arguments.cluster}.")
    stored = store.get(NODE_GROUP, f"{arguments.cluster}:{arguments.node_group}")
    if stored is None:
        raise ProviderError(f"ResourceNotFoundException: No node group found for name: {arguments.node_group}.")
    values = {name: stored.outputs.get(_GROUP_OUTPUTS.get(name, name)) for name in _GROUP}
    scaling = [
        {"name": each["name"]}
        for resources in stored.outputs.get("resources", [])
        for each in resources["autoscalingGroups"]
    ]
    answer = {name: value for name, value in values.items() if value is not None}
    health = {"issues": list(eks_node_groups.issues(store, stored))}
    return json.dumps({"nodegroup": {**answer, "resources": {"autoScalingGroups": scaling}, "health": health}})


def list_attached_role_policies(store: Store, arguments: argparse.Namespace) -> str:
    """The managed policies of a role."""
    role = _role(store, arguments.role)
    arns = [str(each.outputs["policyArn"]) for each in store.find(ROLE_POLICY_ATTACHMENT, role=role)]
    return json.dumps({"AttachedPolicies": [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in arns]})


def list_role_policies(store: Store, arguments: argparse.Namespace) -> str:
    """The names of a role's inline policies."""
    found = store.find(ROLE_POLICY, role=_role(store, arguments.role))
    return json.dumps({"PolicyNames": [each.outputs["name"] for each in found]})


def list_secrets(store: Store, arguments: argparse.Namespace) -> str:
    """The secrets, without their values, whose name begins as `--filters` says; deleted ones only where asked for."""
    beginnings = _name_filter(arguments.filters)
    found = [
        _secret(store, each)
        for each in store.find(SECRET)
        if str(each.outputs["name"]).startswith(beginnings)
        and (each.status != PENDING_DELETION or arguments.include_planned_deletion)
    ]
    return json.dumps({"SecretList": found})


def describe_cluster_versions(store: Store, arguments: argparse.Namespace) -> str:
    """When AWS ends the support of Kubernetes versions, as far as its dates are known here."""
    earlier = {each.id: each.outputs for each in store.find(END_OF_SUPPORT)}
    found = [
        {"clusterVersion": version, **_SUPPORT.get(version, {}), **earlier.get(version, {})}
        for version in arguments.cluster_versions
    ]
    return json.dumps({"clusterVersions": found})


def describe_instance_type_offerings(_store: Store, arguments: argparse.Namespace) -> str:
    """The instance types of `--filters` in the availability zones; the emulator offers those that it knows in all."""
    wanted = [each.removeprefix(_BY_TYPE) for each in arguments.filters if each.startswith(_BY_TYPE)]
    if len(wanted) != 1 or arguments.filters[1:] or arguments.location_type != "availability-zone":
        raise ProviderError(f"InvalidParameterValue: the emulator filters by {_BY_TYPE}..., per availability-zone")
    types = [name for name in wanted[0].split(",") if name in TYPES]
    found = [
        {"InstanceType": name, "LocationType": "availability-zone", "Location": f"{arguments.region}{zone}"}
        for name in types
        for zone in ZONES.get(arguments.region, "abc")
    ]
    return json.dumps({"InstanceTypeOfferings": found})


def describe_subnets(store: Store, arguments: argparse.Namespace) -> str:
    """The subnets that `--filters` leave: by their ids, and by the VPC's."""
    filters = dict(each.removeprefix("Name=").split(",Values=", 1) for each in arguments.filters if ",Values=" in each)
    if set(filters) - {"subnet-id", "vpc-id"}:
        raise ProviderError("InvalidParameterValue: the emulator filters subnets by Name=subnet-id and Name=vpc-id")
    found = [
        {
            "SubnetId": each.id, "VpcId": each.outputs["vpcId"], "CidrBlock": each.outputs["cidrBlock"],
            "AvailabilityZone": each.outputs["availabilityZone"],
        }
        for each in store.find(SUBNET)
        if each.id in filters.get("subnet-id", each.id).split(",")
        and each.outputs["vpcId"] in filters.get("vpc-id", each.outputs["vpcId"]).split(",")
    ]  # fmt: skip
    return json.dumps({"Subnets": found})


def get_service_quota(_store: Store, arguments: argparse.Namespace) -> str:
    """Refuse: the simulated account has no quotas, and AWS says of one that does not exist what is said here."""
    raise ProviderError(f"NoSuchResourceException: The simulated account has no quota {arguments.quota}.")


def _role(store: Store, name: str) -> str:
    if not any(each.outputs.get("name") == name or each.id == name for each in store.find(ROLE)):
        raise ProviderError(f"NoSuchEntityException: The role with name {name} cannot be found.")
    return name


def _name_filter(filters: list[str]) -> tuple[str, ...]:
    """Return the prefixes in a filter such as `Key=name,Values=openmarket-dev-,openmarket-dev/`; "" without one."""
    if not filters:
        return ("",)
    key, _, values = filters[0].removeprefix("Key=").partition(",Values=")
    if key != "name" or filters[1:]:
        raise ProviderError(f"ValidationException: the emulator filters secrets by Key=name alone, not {filters}")
    return tuple(values.split(","))


def _secret(store: Store, stored: StoredObject) -> dict[str, Any]:
    versions = {
        str(each.outputs["versionId"]): each.outputs.get("versionStages", [])
        for each in store.find(VERSION)
        if each.outputs.get("secretId") == stored.id
    }
    # The account does not keep when it was deleted.
    deleted = {"DeletedDate": datetime.fromtimestamp(stored.created, UTC).isoformat()}
    return {
        "ARN": stored.id,
        "Name": stored.outputs["name"],
        "SecretVersionsToStages": versions,
        **(deleted if stored.status == PENDING_DELETION else {}),
    }
