"""`eks:index:Cluster` and its children, named as pulumi-eks names them."""

import hashlib
import importlib.metadata
import json
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_aws import eks, iam

from emulator.eks.kubeconfig import kubeconfig

_SERVICE_POLICY = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Principal": {"Service": "eks.amazonaws.com"},
        }
    ],
}


class ServiceRole(pulumi.ComponentResource):
    """The role that EKS assumes, with its policy."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions) -> None:
        super().__init__("eks:index:ServiceRole", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(f"{name}-role", assume_role_policy=json.dumps(_TRUST), opts=child)
        suffix = hashlib.sha256(_SERVICE_POLICY.encode()).hexdigest()[:8]
        attachment = iam.RolePolicyAttachment(
            f"{name}-{suffix}", role=role.name, policy_arn=_SERVICE_POLICY, opts=child
        )
        # The role counts as ready with its policy, so that the cluster outlives the attachment.
        self.arn = pulumi.Output.all(role.arn, attachment.id).apply(lambda values: str(values[0]))
        self.register_outputs({})


class Cluster(pulumi.ComponentResource):
    """The cluster, its role, its OIDC provider, its access entries and a provider for its objects."""

    def __init__(self, name: str, arguments: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__("eks:index:Cluster", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = ServiceRole(f"{name}-eksRole", child)
        self.eks_cluster = eks.Cluster(
            f"{name}-eksCluster",
            role_arn=role.arn,
            opts=pulumi.ResourceOptions(
                parent=self,
                # What only counts when a cluster is created: the component leaves it as it was.
                ignore_changes=["accessConfig.bootstrapClusterCreatorAdminPermissions", "bootstrapSelfManagedAddons"],
            ),
            **_cluster_arguments(name, arguments),
        )
        issuer = self.eks_cluster.identities.apply(_issuer)
        provider_arn: pulumi.Input[str] = ""
        if arguments.get("createOidcProvider"):
            provider_arn = iam.OpenIdConnectProvider(
                f"{name}-oidcProvider", client_id_lists=["sts.amazonaws.com"], url=issuer, opts=child
            ).arn
        for key, entry in (arguments.get("accessEntries") or {}).items():
            self._admit(f"{name}-{key}", entry)
        self.outputs = self._outputs(issuer, provider_arn)
        # For what the component itself puts into the cluster, which is nothing with the arguments known here.
        pulumi.ProviderResource(
            "kubernetes",
            f"{name}-eks-k8s",
            {"kubeconfig": self.outputs["kubeconfigJson"]},
            pulumi.ResourceOptions(parent=self, version=importlib.metadata.version("pulumi-kubernetes")),
        )
        self.register_outputs(self.outputs)

    def _admit(self, name: str, entry: Mapping[str, Any]) -> None:
        child = pulumi.ResourceOptions(parent=self)
        made = eks.AccessEntry(
            name,
            cluster_name=self.eks_cluster.name,
            principal_arn=entry["principalArn"],
            kubernetes_groups=entry.get("kubernetesGroups"),
            type=entry.get("type"),
            user_name=entry.get("username"),
            tags=entry.get("tags"),
            opts=child,
        )
        for key, policy in (entry.get("accessPolicies") or {}).items():
            eks.AccessPolicyAssociation(
                f"{name}-{key}",
                cluster_name=self.eks_cluster.name,
                principal_arn=made.principal_arn,
                policy_arn=policy["policyArn"],
                access_scope=policy["accessScope"],
                opts=child,
            )

    def _outputs(self, issuer: pulumi.Output[str], provider_arn: pulumi.Input[str]) -> dict[str, Any]:
        cluster = self.eks_cluster
        group = cluster.vpc_config.apply(lambda config: config.cluster_security_group_id)
        config = pulumi.Output.all(cluster.arn, cluster.endpoint, cluster.certificate_authority).apply(
            lambda values: kubeconfig(values[0], values[1], values[2]["data"])
        )
        return {
            "eksCluster": cluster,
            "kubeconfig": config,
            "kubeconfigJson": config.apply(json.dumps),
            "clusterSecurityGroupId": group,
            "nodeSecurityGroupId": group,
            "oidcProviderArn": provider_arn,
            "oidcProviderUrl": issuer,
            "oidcIssuer": issuer.apply(lambda url: url.removeprefix("https://")),
            "autoModeNodeRoleName": "",
            "fargateProfileId": "",
            "fargateProfileStatus": "",
        }


def _cluster_arguments(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The component's arguments as `aws.eks.Cluster` takes them."""
    get = arguments.get
    key, address_range = get("encryptionConfigKeyArn"), get("kubernetesServiceIpAddressRange")
    upgrade = get("upgradePolicy")
    return {
        "name": get("name"),
        "version": get("version"),
        "access_config": {
            "authentication_mode": get("authenticationMode"),
            "bootstrap_cluster_creator_admin_permissions": True,
        },
        "bootstrap_self_managed_addons": get("bootstrapSelfManagedAddons"),
        "deletion_protection": get("deletionProtection"),
        "enabled_cluster_log_types": get("enabledClusterLogTypes"),
        "encryption_config": {"provider": {"key_arn": key}, "resources": ["secrets"]} if key is not None else None,
        "kubernetes_network_config": {"service_ipv4_cidr": address_range} if address_range is not None else None,
        "upgrade_policy": {"support_type": upgrade["supportType"]} if upgrade is not None else None,
        "vpc_config": {
            "subnet_ids": get("subnetIds") or _joined(get("publicSubnetIds"), get("privateSubnetIds")),
            "endpoint_private_access": get("endpointPrivateAccess"),
            "endpoint_public_access": get("endpointPublicAccess"),
            "public_access_cidrs": get("publicAccessCidrs"),
        },
        "tags": _tags(name, get("tags"), get("clusterTags")),
    }


def _joined(*lists: Any) -> pulumi.Output[list[str]]:
    return pulumi.Output.all(*lists).apply(lambda values: [item for value in values for item in value or []])


def _tags(name: str, *tags: Any) -> pulumi.Output[dict[str, str]]:
    start = {"Name": f"{name}-eksCluster"}
    return pulumi.Output.all(*tags).apply(
        lambda values: start | {key: text for value in values for key, text in (value or {}).items()}
    )


def _issuer(identities: Any) -> str:
    return str(identities[0].oidcs[0].issuer)
