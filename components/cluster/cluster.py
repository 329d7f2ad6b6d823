"""The EKS cluster: control plane, access entries, core add-ons and node groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks
import pulumi_kubernetes as kubernetes

from components.cluster.field_manager import one_field_manager
from components.cluster.managed_addon import ManagedAddon, managed_addon
from components.cluster.node_groups import NodeGroup, NodeGroupArgs, NodeRole
from components.cluster.node_sizes import NodeSizes
from components.config import ClusterConfig, NodeGroupConfig
from components.config.existing import KEYS_TAG
from components.context import StackContext
from components.iam.identity import OidcProvider
from components.log_group import log_group
from components.network.network import Network

_LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
_ACCESS_POLICY = "arn:aws:eks::aws:cluster-access-policy/"
_CNI_SETTINGS = {"enableNetworkPolicy": "true", "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}}


@dataclass(frozen=True)
class ClusterArgs:
    """Inputs of `Cluster`."""

    context: StackContext
    settings: ClusterConfig
    network: Network
    autoscaled: bool
    """True if an autoscaler decides on the number of nodes."""


class Cluster(pulumi.ComponentResource):
    """Creates the EKS cluster with its OIDC provider, log group and access entries, and the provider for its objects.

    The CNI and kube-proxy come before the node groups, CoreDNS after them.
    """

    name: str
    """The cluster's name in EKS. It is plain text: using it does not wait for the cluster."""
    settings: ClusterConfig
    in_cluster: pulumi.ResourceOptions
    """Options of components that create objects in the cluster: the provider, and one owner of the objects' fields."""
    kubeconfig: pulumi.Output[str]
    """JSON without any credential: a client gets its token from the `aws` command."""
    oidc: OidcProvider
    security_group_id: pulumi.Output[str]
    """The security group that the control plane, the nodes and their pods share."""
    node_group_names: Mapping[str, pulumi.Output[str]]
    """The names of the node groups in EKS, by those in the stack file."""
    ready: Sequence[pulumi.Resource]
    """Once these resources exist, pods are scheduled, reach AWS, and resolve names."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:cluster:Cluster", name, {}, opts)
        self._name = name
        self._args = args
        context, network, settings = args.context, args.network, args.settings
        self.name = context.cluster_name
        self.settings = settings

        existing = settings.existing
        zones = existing.control_plane_zones if existing else tuple(network.private_subnet_ids)

        # EKS would create this group itself, without retention, and leave it behind.
        logs = log_group(
            f"{name}-log-group", f"/aws/eks/{self.name}/cluster", context, pulumi.ResourceOptions(parent=self)
        )
        self._eks = eks.Cluster(
            f"{name}-eks",
            name=self.name,
            version=settings.control_plane_version,
            vpc_id=network.vpc_id,
            # EKS takes subnets in the zones of the cluster's creation and in no others.
            private_subnet_ids=[network.private_subnet_ids[zone] for zone in zones],
            authentication_mode=eks.AuthenticationMode.API,
            access_entries=_access_entries(settings),
            create_oidc_provider=True,
            encryption_config_key_arn=context.keys["cluster"],
            enabled_cluster_log_types=list(_LOG_TYPES),
            endpoint_private_access=True,
            endpoint_public_access=settings.endpoint.public,
            public_access_cidrs=[str(cidr) for cidr in settings.endpoint.public_cidrs] or None,
            kubernetes_service_ip_address_range=str(settings.service_cidr),
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            deletion_protection=context.protected,
            cluster_tags={KEYS_TAG: context.encryption_keys},
            skip_default_node_group=True,
            skip_default_security_groups=True,
            # Core add-ons are ours (below): in here CoreDNS would wait for nodes that can only come afterwards.
            bootstrap_self_managed_addons=False,
            use_default_vpc_cni=True,
            kube_proxy_addon_options=eks.KubeProxyAddonOptionsArgs(enabled=False),
            coredns_addon_options=eks.CoreDnsAddonOptionsArgs(enabled=False),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[logs]),
        )
        cni = self._addon("vpc-cni", [self._eks], _CNI_SETTINGS)
        kube_proxy = self._addon("kube-proxy", [self._eks])
        role = NodeRole(f"{name}-nodes", pulumi.ResourceOptions(parent=self))
        groups = {
            group_name: self._node_group(group_name, group, role, [cni, kube_proxy, *network.routes])
            for group_name, group in settings.node_groups.items()
        }
        self.node_group_names = {each: group.node_group.node_group_name for each, group in groups.items()}
        # CoreDNS is an ordinary Deployment: it stays degraded until there are nodes.
        self.ready = [self._addon("coredns", [group.node_group for group in groups.values()])]

        self.kubeconfig = self._eks.kubeconfig_json
        provider = kubernetes.Provider(
            f"{name}-kubernetes",
            kubeconfig=self.kubeconfig,
            # Known from the start: a kubeconfig that is unknown in a preview must not replace every object.
            cluster_identifier=self.name,
            enable_server_side_apply=True,
            # A field of the program's that somebody set by hand is taken back, where it would be a conflict otherwise.
            # Fields of autoscalers are not sent at all: they are in `ignore_changes`.
            enable_patch_force=True,
            # What an engine that was killed has made is taken over by the next creation, where it would be an error.
            # So is an object of a resource that gets another URN, and then the old one's deletion takes it away:
            # whoever moves a resource gives it an alias.
            upsert_existing_objects=True,
            # Access entries have to outlive the objects that are deleted through them.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._eks]),
        )
        self.in_cluster = pulumi.ResourceOptions(provider=provider, transformations=[one_field_manager])
        self.oidc = OidcProvider(self._eks.oidc_provider_arn, self._eks.oidc_issuer)
        self.security_group_id = self._eks.cluster_security_group_id
        self.register_outputs({"name": self.name})

    def addon(self, addon: str) -> ManagedAddon:
        """The EKS add-on of this name, in this cluster and in the configured version."""
        return ManagedAddon(addon, self.name, self.settings.addon_versions.get(addon))

    def _node_group(
        self, group_name: str, group: NodeGroupConfig, role: NodeRole, depends_on: Sequence[pulumi.Resource]
    ) -> NodeGroup:
        args, subnets = self._args, self._args.network.private_subnet_ids
        zones = group.zones or tuple(subnets)
        return NodeGroup(
            f"{self._name}-nodes-{group_name}",
            NodeGroupArgs(
                cluster_name=self.name,
                version=self.settings.nodes_version(group_name),
                role_arn=role.arn,
                subnet_ids=[subnets[zone] for zone in zones],
                group=group,
                sizes=NodeSizes.of(group_name, group, len(zones), args.autoscaled, self.settings.existing),
                tags={**args.context.tags, "Name": f"{self.name}-{group_name}"},
                depends_on=depends_on,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _addon(
        self, addon: str, depends_on: Sequence[pulumi.Resource], settings: Mapping[str, Any] | None = None
    ) -> aws.eks.Addon:
        opts = pulumi.ResourceOptions(parent=self, depends_on=list(depends_on))
        return managed_addon(f"{self._name}-{addon}", self.addon(addon), settings or {}, opts)


def _access_entries(settings: ClusterConfig) -> dict[str, eks.AccessEntryArgs]:
    policies = {
        "AmazonEKSClusterAdminPolicy": settings.access.administrators,
        # Everything, Secrets included: a refresh reads Helm's releases in them, and custom resources.
        "AmazonEKSAdminViewPolicy": settings.access.auditors,
        "AmazonEKSViewPolicy": settings.access.viewers,
    }
    return {
        arn.rsplit("/", 1)[-1]: eks.AccessEntryArgs(
            principal_arn=arn,
            access_policies={
                "cluster": eks.AccessPolicyAssociationArgs(
                    policy_arn=_ACCESS_POLICY + policy,
                    access_scope=aws.eks.AccessPolicyAssociationAccessScopeArgs(type="cluster"),
                )
            },
        )
        for policy, arns in policies.items()
        for arn in arns
    }
