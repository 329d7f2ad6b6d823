"""EKS node groups: instances that join the cluster, if they can."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from emulator.aws import instance_types
from emulator.aws.account import AwsAccount
from emulator.aws.iam import allows, trusts_service
from emulator.aws.network_interfaces import interface
from emulator.aws.ownership import owner_key
from emulator.aws.resource_type import Context
from emulator.aws.routing import closed_endpoints, has_route_out, missing_endpoints
from emulator.aws.tokens import (
    ACCESS_ENTRY,
    ADDON,
    CLUSTER,
    LAUNCH_TEMPLATE,
    NETWORK_INTERFACE,
    NODE_GROUP,
    ROLE,
    SUBNET,
)
from emulator.contract import NodeCreationFailure, NodeGroup
from emulator.plugins.provider import Call, PartialError, ProviderError
from emulator.store import Store, StoredObject, Transaction

_GRAVITON = re.compile(r"[a-z]+\d+g[a-z]*\.")
_AMI_TYPES = {"arm64": "AL2023_ARM_64_STANDARD", "amd64": "AL2023_x86_64_STANDARD"}
_NODE_ACTIONS = ("eks:DescribeCluster", "ec2:DescribeInstances", "ecr:GetAuthorizationToken", "ecr:BatchGetImage")
_DEFAULT_DISK_GIB = 20
_CNI_ACTION = "ec2:AssignPrivateIpAddresses"


def architecture(instance_type: str) -> str:
    """`arm64` for AWS's own processors, else `amd64`."""
    return "arm64" if _GRAVITON.match(instance_type) else "amd64"


def outputs(context: Context) -> dict[str, Any]:
    """Everything but what the program gave."""
    cluster = context.find(CLUSTER, str(context.inputs["clusterName"]))
    group = str(context.inputs["nodeGroupName"])
    unique = context.uuid("uuid")
    types = context.inputs.get("instanceTypes") or ["t3.medium"]
    version = context.inputs.get("version") or context.previous.get("version") or cluster.get("version", "")
    return {
        "arn": context.arn("eks", f"nodegroup/{context.inputs['clusterName']}/{group}/{unique}"),
        "status": "ACTIVE",
        "instanceTypes": types,
        "capacityType": context.inputs.get("capacityType", "ON_DEMAND"),
        "amiType": context.inputs.get("amiType", _AMI_TYPES[architecture(types[0])]),
        "version": version,
        "releaseVersion": context.inputs.get("releaseVersion", f"{version}.0-emulated"),
        "updateConfig": context.inputs.get("updateConfig", {"maxUnavailable": 1}),
        "resources": [{"autoscalingGroups": [{"name": f"eks-{group}-{unique}"}], "remoteAccessSecurityGroupId": ""}],
    }


def requires(transaction: Transaction, stored: StoredObject) -> None:
    """Checks what EKS checks itself: the role's trust, one architecture, sizes in order."""
    if not trusts_service(transaction, stored.inputs["nodeRoleArn"], "ec2.amazonaws.com"):
        raise ProviderError(
            f"InvalidParameterException: the trust policy of {stored.inputs['nodeRoleArn']} must name ec2.amazonaws.com"
        )
    wanted = _ami_architecture(stored)
    for instance_type in stored.outputs["instanceTypes"]:
        if architecture(instance_type) != wanted:
            raise ProviderError(
                f"InvalidParameterException: [{instance_type}] is not a valid instance type for "
                f"amiType {stored.outputs['amiType']}, which is {wanted}"
            )
    sizes = stored.inputs["scalingConfig"]
    least, desired, most = sizes["minSize"], sizes["desiredSize"], sizes["maxSize"]
    if desired < least:
        raise ProviderError(
            f"InvalidParameterException: Minimum capacity {least} can't be greater than desired size {desired}"
        )
    if desired > most:
        raise ProviderError(
            f"InvalidParameterException: desired capacity {desired} can't be greater than max size {most}"
        )


def join(account: AwsAccount, stored: StoredObject, call: Call) -> None:
    """Let the instances join the cluster, after everything that keeps real ones from joining."""
    obstacles = "; ".join(_obstacles(account, stored))
    if obstacles:
        raise ProviderError(
            f"NodeCreationFailure: instances of {stored.id} failed to join the kubernetes cluster: {obstacles}"
        )
    _join(account, stored, call)
    with account.transaction() as transaction:
        _interfaces(transaction, stored)
        _admit_nodes(transaction, stored)


def update(account: AwsAccount, old: StoredObject, new: StoredObject, call: Call) -> dict[str, Any]:
    """Bring the group to its new size. EKS never lowers a group's version.

    The provider sends all three sizes if one of them differs from what the engine remembers, the desired one included,
    whatever an autoscaler has made of it; and none otherwise.
    """
    before, after = (str(each.outputs["version"]) for each in (old, new))
    if _minor(after) < _minor(before):
        raise ProviderError(
            f"InvalidParameterException: node group {new.id} has version {before}, and EKS never goes back to {after}"
        )
    unchanged = new.inputs["scalingConfig"] == old.inputs["scalingConfig"]
    sizes = dict((old if unchanged else new).outputs["scalingConfig"])
    resized = replace(new, outputs={**new.outputs, "scalingConfig": sizes})
    _join(account, resized, call)
    with account.transaction() as transaction:
        _interfaces(transaction, resized)
    return {"scalingConfig": sizes}


def _minor(version: str) -> int:
    return int(version.split(".")[1])


def resize(store: Store, group: str, desired: int) -> StoredObject | None:
    """Apply autoscaling:SetDesiredCapacity; None if the group is being deleted or the size is out of bounds."""
    with store.transaction() as transaction:
        stored = transaction.get(NODE_GROUP, group)
        if stored is None or stored.outputs["status"] != "ACTIVE":
            return None
        sizes = stored.outputs["scalingConfig"]
        if not sizes["minSize"] <= desired <= sizes["maxSize"]:
            return None
        now = {"scalingConfig": {**sizes, "desiredSize": desired}}
        # A refresh finds the size among what the program gave, too.
        resized = replace(stored, inputs={**stored.inputs, **now}, outputs={**stored.outputs, **now})
        transaction.put(resized)
        _interfaces(transaction, resized)
    return resized


def issues(store: Store, stored: StoredObject) -> Iterator[dict[str, Any]]:
    """What EKS says of the group's health: what its instances are made with, and is gone."""
    template, role = str(stored.outputs.get("launchTemplate", {}).get("id", "")), str(stored.outputs["nodeRoleArn"])
    if template and store.get(LAUNCH_TEMPLATE, template) is None:
        yield _issue("Ec2LaunchTemplateNotFound", f"The launch template {template} was not found", template)
    if not store.find(ROLE, arn=role):
        yield _issue("IamNodeRoleNotFound", f"The role {role} was not found", role)


def _issue(code: str, message: str, resource: str) -> dict[str, Any]:
    return {"code": code, "message": message, "resourceIds": [resource]}


def leave(account: AwsAccount, stored: StoredObject) -> None:
    """Drain and end the instances."""
    with account.transaction() as transaction:
        transaction.put(replace(stored, outputs={**stored.outputs, "status": "DELETING"}))
    account.clusters.leave(stored.outputs["clusterName"], stored.outputs["nodeGroupName"])


def _join(account: AwsAccount, stored: StoredObject, call: Call) -> None:
    try:
        account.clusters.join(specification(account, stored), call)
    except NodeCreationFailure as error:
        reason = f"EKS node group {stored.id} is in CREATE_FAILED: {error}"
        raise PartialError(reason, stored.id, stored.outputs, stored.inputs) from error
    except LookupError as error:
        raise ProviderError(f"EKS node group {stored.id}: {error}") from error


def _ami_architecture(stored: StoredObject) -> str:
    return "arm64" if "ARM_64" in stored.outputs["amiType"].upper() else "amd64"


def _networks(store: Store, stored: StoredObject) -> dict[str, str]:
    """Zone to the CIDR block of the group's subnet there; the first one counts where it has several."""
    subnets = [store.get(SUBNET, id_) for id_ in reversed(stored.outputs["subnetIds"])]
    found = {str(each.outputs.get("availabilityZone")): str(each.outputs["cidrBlock"]) for each in subnets if each}
    return dict(reversed(found.items()))


def specification(store: Store, stored: StoredObject) -> NodeGroup:
    """The facts about a stored group that the cluster needs.

    Raises:
        UnknownInstanceType: Its instance type is not in the table.
    """
    networks, sizes = _networks(store, stored), stored.outputs["scalingConfig"]
    return NodeGroup(
        id=stored.id,
        cluster=stored.outputs["clusterName"],
        name=stored.outputs["nodeGroupName"],
        instance=instance_types.lookup(stored.outputs["instanceTypes"][0]),
        capacity_type=stored.outputs["capacityType"],
        zones=tuple(networks),
        networks=tuple(networks.values()),
        desired=sizes["desiredSize"],
        smallest=sizes["minSize"],
        largest=sizes["maxSize"],
        disk_gib=_disk_gib(store, stored),
        auto_scaling_group=stored.outputs["resources"][0]["autoscalingGroups"][0]["name"],
        labels=stored.outputs.get("labels", {}),
        taints=tuple(stored.outputs.get("taints", [])),
    )


def _disk_gib(store: Store, stored: StoredObject) -> int:
    """The size of a node's volume, as the launch template or the group says, or EKS's default."""
    template = store.get(LAUNCH_TEMPLATE, str(stored.outputs.get("launchTemplate", {}).get("id")))
    mappings = template.outputs.get("blockDeviceMappings", []) if template else []
    sizes = [size for each in mappings if (size := each.get("ebs", {}).get("volumeSize"))]
    return int(next(iter(sizes), stored.outputs.get("diskSize") or _DEFAULT_DISK_GIB))


def _obstacles(store: Store, stored: StoredObject) -> Iterator[str]:
    """Everything that keeps instances from becoming nodes; each alone is enough."""
    cluster, role = stored.outputs["clusterName"], stored.outputs["nodeRoleArn"]
    cni = store.get(ADDON, f"{cluster}:vpc-cni")
    if cni is None:
        yield f"cluster {cluster} has no vpc-cni add-on yet, so nodes stay NotReady"
    cni_role = cni.outputs.get("serviceAccountRoleArn") if cni else None
    lacks = [action for action in _NODE_ACTIONS if not allows(store, role, action)]
    if lacks:
        yield f"node role {role} may not {', '.join(lacks)}"
    if not allows(store, cni_role or role, _CNI_ACTION):
        yield f"the VPC CNI's role {cni_role or role} may not {_CNI_ACTION}"
    for subnet in stored.outputs["subnetIds"]:
        missing = missing_endpoints(store, subnet)
        if not has_route_out(store, subnet) and missing:
            yield f"subnet {subnet} has no route out, and its VPC lacks endpoints for {', '.join(missing)}"
        closed = closed_endpoints(store, subnet)
        if closed:
            yield f"no security group of the endpoints for {', '.join(closed)} admits HTTPS from subnet {subnet}"


def _interfaces(transaction: Transaction, stored: StoredObject) -> None:
    """One interface per node, spread over the subnets; they hold subnets and the cluster's security group."""
    cluster = transaction.get(CLUSTER, stored.outputs["clusterName"])
    groups = [cluster.outputs["vpcConfig"]["clusterSecurityGroupId"]] if cluster else []
    for old in transaction.find(NETWORK_INTERFACE, ownedBy=owner_key(stored)):
        transaction.remove(old.type, old.id)
    subnets = stored.outputs["subnetIds"]
    for number in range(stored.outputs["scalingConfig"]["desiredSize"]):
        subnet = subnets[number % len(subnets)]
        transaction.put(interface(stored, subnet, groups, f"aws-K8S-{stored.id}", number))


def _admit_nodes(transaction: Transaction, stored: StoredObject) -> None:
    cluster, role = stored.outputs["clusterName"], stored.outputs["nodeRoleArn"]
    id_ = f"{cluster}:{role}"
    if transaction.get(ACCESS_ENTRY, id_) is None:
        entry = {"clusterName": cluster, "principalArn": role, "type": "EC2_LINUX"}
        transaction.put(StoredObject(ACCESS_ENTRY, id_, inputs=entry, outputs=entry))
