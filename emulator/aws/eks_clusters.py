"""EKS clusters: control plane, security group and network interfaces."""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

from emulator.aws import eks_access, log_groups
from emulator.aws.account import AwsAccount
from emulator.aws.iam import trusts_service
from emulator.aws.identity import Identity
from emulator.aws.network_interfaces import interface
from emulator.aws.ownership import owner_key
from emulator.aws.resource_type import Context
from emulator.aws.tokens import (
    ACCESS_ENTRY,
    ACCESS_POLICY_ASSOCIATION,
    ADDON,
    NETWORK_INTERFACE,
    SECURITY_GROUP,
    SUBNET,
)
from emulator.plugins.provider import Call, ProviderError
from emulator.store import StoredObject, Transaction

DEFAULT_VERSION = "1.36"
"""The Kubernetes version of the emulated EKS when the program names none."""

_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


def outputs(context: Context) -> dict[str, Any]:
    """Everything but the endpoint and its certificate, which exist once the control plane runs."""
    network = context.inputs.get("vpcConfig", {})
    subnet = next(iter(network.get("subnetIds") or [""]))
    issuer = "https://" + context.host("oidc", "eks", context.region) + f"/id/{context.hex('issuer', 32).upper()}"
    access = context.inputs.get("accessConfig", {})
    service_network = context.inputs.get("kubernetesNetworkConfig", {})
    return {
        "arn": context.arn("eks", f"cluster/{context.id}"),
        "createdAt": context.created,
        "platformVersion": "eks.1",
        "status": "ACTIVE",
        "version": context.inputs.get("version") or context.previous.get("version", DEFAULT_VERSION),
        "identities": [{"oidcs": [{"issuer": issuer}]}],
        "accessConfig": {"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": True} | access,
        "kubernetesNetworkConfig": {"ipFamily": "ipv4", "serviceIpv4Cidr": "172.20.0.0/16"} | service_network,
        "upgradePolicy": context.inputs.get("upgradePolicy", {"supportType": "EXTENDED"}),
        "vpcConfig": {
            "endpointPrivateAccess": False, "endpointPublicAccess": True, "publicAccessCidrs": ["0.0.0.0/0"],
            **network, "clusterSecurityGroupId": f"sg-0{context.hex('security group', 16)}",
            "vpcId": context.find(SUBNET, subnet).get("vpcId", ""),
        },
    }  # fmt: skip


def requires(transaction: Transaction, stored: StoredObject) -> None:
    """EKS wants a role it may assume, and subnets in two zones."""
    if not trusts_service(transaction, stored.inputs["roleArn"], "eks.amazonaws.com"):
        raise ProviderError(
            f"InvalidParameterException: role {stored.inputs['roleArn']} could not be assumed "
            "because its trust policy does not name eks.amazonaws.com"
        )
    private = [cidr for cidr in stored.outputs["vpcConfig"]["publicAccessCidrs"] if _is_private(cidr)]
    if private:
        raise ProviderError(
            f"InvalidParameterException: the publicAccessCidrs of cluster {stored.id} can't include the reserved "
            f"addresses {', '.join(private)}"
        )
    subnets = [transaction.get(SUBNET, id_) for id_ in stored.inputs["vpcConfig"]["subnetIds"]]
    zones = {subnet.outputs.get("availabilityZone") for subnet in subnets if subnet}
    if len(zones) < 2:
        raise ProviderError(
            f"InvalidParameterException: subnets of cluster {stored.id} are in {sorted(map(str, zones))}; "
            "EKS needs at least two zones"
        )


def _is_private(cidr: str) -> bool:
    """https://repost.aws/knowledge-center/eks-lock-api-access-IP-addresses: no reserved addresses. Here: RFC 1918."""
    return any(IPv4Network(cidr).subnet_of(block) for block in _PRIVATE)


def _keeps_its_places(transaction: Transaction, old: StoredObject, new: StoredObject) -> None:
    """A control plane stays in the VPC and the zones in which it was created; within these, subnets may change."""
    before, after = (_subnets(transaction, each) for each in (old, new))
    vpcs = {str(subnet["vpcId"]) for subnet in after} - {old.outputs["vpcConfig"]["vpcId"]}
    if vpcs:
        raise ProviderError(
            f"InvalidParameterException: Provided subnets belong to the VPC {', '.join(sorted(vpcs))}, but those of "
            f"cluster {new.id} are in {old.outputs['vpcConfig']['vpcId']}"
        )
    had, wanted = (sorted({str(subnet["availabilityZone"]) for subnet in each}) for each in (before, after))
    if had != wanted:
        raise ProviderError(
            f"InvalidParameterException: Provided subnets belong to the AZs '{','.join(wanted)}'. But they should "
            f"belong to the exact set of AZs '{','.join(had)}' in which subnets were provided during cluster creation."
        )


def _subnets(transaction: Transaction, cluster: StoredObject) -> list[Mapping[str, Any]]:
    found = [transaction.get(SUBNET, id_) for id_ in cluster.outputs["vpcConfig"]["subnetIds"]]
    return [subnet.outputs for subnet in found if subnet]


def _interfaces(transaction: Transaction, cluster: StoredObject) -> None:
    network = cluster.outputs["vpcConfig"]
    groups = [network["clusterSecurityGroupId"], *network.get("securityGroupIds", [])]
    for subnet in network["subnetIds"]:
        transaction.put(interface(cluster, subnet, groups, f"Amazon EKS {cluster.id}"))


def refuses_delete(_transaction: Transaction, stored: StoredObject) -> None:
    """Deletion protection; node groups hold the cluster by their reference to it."""
    if stored.outputs.get("deletionProtection"):
        raise ProviderError(f"InvalidRequestException: cluster {stored.id} has deletion protection enabled")


def start(account: AwsAccount, stored: StoredObject, _call: Call) -> dict[str, Any]:
    """Start the control plane and make what EKS makes beside it."""
    try:
        addresses = stored.outputs["kubernetesNetworkConfig"]["serviceIpv4Cidr"]
        started = account.clusters.start(stored.id, stored.outputs["version"], addresses)
    except RuntimeError as error:
        raise ProviderError(f"EKS cluster {stored.id}: {error}") from error
    network = stored.outputs["vpcConfig"]
    prefix = stored.outputs["arn"].replace(":eks:", ":ec2:").rpartition(":")[0]
    group = {
        "vpcId": network["vpcId"], "ownedBy": owner_key(stored), "name": f"eks-cluster-sg-{stored.id}",
        "description": "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes",
        "arn": f"{prefix}:security-group/{network['clusterSecurityGroupId']}",
    }  # fmt: skip
    with account.transaction() as transaction:
        transaction.put(StoredObject(SECURITY_GROUP, network["clusterSecurityGroupId"], inputs=group, outputs=group))
        _interfaces(transaction, stored)
        _admit_creator(transaction, stored)
        _log_group(transaction, stored)
    return {"endpoint": started.endpoint, "certificateAuthority": {"data": started.certificate_authority}}


def update(account: AwsAccount, old: StoredObject, new: StoredObject, _call: Call) -> dict[str, Any]:
    """EKS upgrades by one minor version at a time and never goes back, and keeps the cluster's zones, VPC and key.

    The provider sends a key to a cluster that has none, and nothing to one that has: AWS goes on with the old one.
    """
    before, after = (int(str(each.outputs["version"]).split(".")[1]) for each in (old, new))
    # The provider sends a version if it differs from what the engine remembers: also the one that there is already.
    sent = "version" in new.inputs and new.inputs["version"] != old.inputs.get("version")
    if after not in (before, before + 1) or (sent and after == before):
        raise ProviderError(
            f"InvalidParameterException: Unsupported Kubernetes minor version update of {new.id} from 1.{before} to "
            f"1.{after}; EKS upgrades one minor version at a time and never back"
        )
    with account.transaction() as transaction:
        _keeps_its_places(transaction, old, new)
        for subnet in set(old.outputs["vpcConfig"]["subnetIds"]) - set(new.outputs["vpcConfig"]["subnetIds"]):
            for held in transaction.find(NETWORK_INTERFACE, ownedBy=owner_key(old), subnetId=subnet):
                transaction.remove(held.type, held.id)
        _interfaces(transaction, new)
        _log_group(transaction, new)
    encryption = old.outputs.get("encryptionConfig")
    return {"encryptionConfig": encryption} if encryption else {}


def stop(account: AwsAccount, stored: StoredObject) -> None:
    """Stop the control plane; add-ons and access entries go with it."""
    account.clusters.stop(stored.id)
    with account.transaction() as transaction:
        for type_ in (ADDON, ACCESS_ENTRY, ACCESS_POLICY_ASSOCIATION):
            for part in transaction.find(type_, clusterName=stored.id):
                transaction.remove(type_, part.id)


def _admit_creator(transaction: Transaction, stored: StoredObject) -> None:
    """EKS writes an entry for the identity that creates the cluster, with its administrators' policy."""
    if not stored.outputs["accessConfig"]["bootstrapClusterCreatorAdminPermissions"]:
        return
    principal = Identity(account=stored.outputs["arn"].split(":")[4]).principal_arn
    common = {"clusterName": stored.id, "principalArn": principal, "ownedBy": owner_key(stored)}
    entry = {**common, "type": "STANDARD", "userName": eks_access.user_name(principal), "kubernetesGroups": []}
    policy = {**common, "policyArn": eks_access.ADMINISTRATOR, "accessScope": {"type": "cluster"}}
    for type_, id_, made in (
        (ACCESS_ENTRY, f"{stored.id}:{principal}", entry),
        (ACCESS_POLICY_ASSOCIATION, f"{stored.id}#{principal}#{eks_access.ADMINISTRATOR}", policy),
    ):
        transaction.put(StoredObject(type_, id_, inputs=made, outputs=made))


def _log_group(transaction: Transaction, stored: StoredObject) -> None:
    """EKS makes the log group if the program has not, and leaves it behind."""
    if stored.outputs.get("enabledClusterLogTypes"):
        log_groups.ensure(transaction, f"/aws/eks/{stored.id}/cluster")
