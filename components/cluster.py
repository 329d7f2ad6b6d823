"""The EKS cluster: control plane, who may use it, core add-ons and nodes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_eks as eks
import pulumi_kubernetes as kubernetes

from components.config import ClusterConfig
from components.managed_addon import ManagedAddon, managed_addon
from components.node_groups import NodeGroup, NodeGroupArgs, NodeRole

_LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
_ACCESS_POLICY = "arn:aws:eks::aws:cluster-access-policy/"
_CNI_SETTINGS = {"enableNetworkPolicy": "true", "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}}


@dataclass(frozen=True)
class ClusterArgs:
    """Inputs of `Cluster`."""

    cluster_name: str
    settings: ClusterConfig
    autoscaled: bool
    """Whether the node groups' size is an autoscaler's."""
    vpc_id: pulumi.Input[str]
    private_subnet_ids: Mapping[str, pulumi.Input[str]]
    """By zone letter."""
    routes: Sequence[pulumi.Resource]
    """The private subnets' way out: nodes pull images through it."""
    secrets_key_arn: pulumi.Input[str]
    logs_key_arn: pulumi.Input[str]
    log_retention_days: int
    deletion_protection: bool
    tags: Mapping[str, str]
    """For the nodes' instances and volumes."""


class Cluster(pulumi.ComponentResource):
    """Creates the EKS cluster with its OIDC provider, log group and access entries, and the provider for its objects.

    The CNI and kube-proxy come before the node groups, CoreDNS after them.
    """

    cluster_name: str
    provider: kubernetes.Provider
    kubeconfig: pulumi.Output[str]
    """JSON. Gets its token from the `aws` command; there is no credential in it."""
    oidc_provider_arn: pulumi.Output[str]
    oidc_issuer: pulumi.Output[str]
    """Without `https://`."""
    security_group_id: pulumi.Output[str]
    """Of the control plane, the nodes and their pods."""
    ready: Sequence[pulumi.Resource]
    """When these exist, pods are scheduled, reach AWS, and resolve names."""

    def __init__(self, name: str, args: ClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:cluster:Cluster", name, {}, opts)
        self._name = name
        self._args = args
        settings = args.settings
        self.cluster_name = args.cluster_name

        # EKS would create this group itself, without retention, and leave it behind.
        log_group = aws.cloudwatch.LogGroup(
            f"{name}-log-group",
            name=f"/aws/eks/{args.cluster_name}/cluster",
            retention_in_days=args.log_retention_days,
            kms_key_id=args.logs_key_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._eks = eks.Cluster(
            f"{name}-eks",
            name=args.cluster_name,
            version=settings.version,
            vpc_id=args.vpc_id,
            private_subnet_ids=list(args.private_subnet_ids.values()),
            authentication_mode=eks.AuthenticationMode.API,
            access_entries=_access_entries(settings),
            create_oidc_provider=True,
            encryption_config_key_arn=args.secrets_key_arn,
            enabled_cluster_log_types=list(_LOG_TYPES),
            endpoint_private_access=True,
            endpoint_public_access=settings.endpoint.public,
            public_access_cidrs=[str(cidr) for cidr in settings.endpoint.public_cidrs] or None,
            kubernetes_service_ip_address_range=str(settings.service_cidr),
            upgrade_policy=aws.eks.ClusterUpgradePolicyArgs(support_type="STANDARD"),
            deletion_protection=args.deletion_protection,
            skip_default_node_group=True,
            skip_default_security_groups=True,
            # Core add-ons are ours (below): in here CoreDNS would wait for nodes that can only come afterwards.
            bootstrap_self_managed_addons=False,
            use_default_vpc_cni=True,
            kube_proxy_addon_options=eks.KubeProxyAddonOptionsArgs(enabled=False),
            coredns_addon_options=eks.CoreDnsAddonOptionsArgs(enabled=False),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[log_group]),
        )
        cni = self._addon("vpc-cni", [self._eks], _CNI_SETTINGS)
        kube_proxy = self._addon("kube-proxy", [self._eks])
        role = NodeRole(f"{name}-nodes", pulumi.ResourceOptions(parent=self))
        groups = [
            NodeGroup(
                f"{name}-nodes-{group_name}",
                NodeGroupArgs(
                    label=f"{args.cluster_name}-{group_name}",
                    cluster_name=args.cluster_name,
                    version=settings.version,
                    role_arn=role.arn,
                    subnet_ids=[args.private_subnet_ids[zone] for zone in group.zones or args.private_subnet_ids],
                    group=group,
                    autoscaled=args.autoscaled,
                    tags=args.tags,
                    # A node joins the cluster by its name, is ready once it has pod networking, and needs its
                    # permissions and its way out from the first to the last minute.
                    after=[cni, kube_proxy, *role.attachments, *args.routes],
                ),
                pulumi.ResourceOptions(parent=self),
            )
            for group_name, group in settings.node_groups.items()
        ]
        # CoreDNS is an ordinary Deployment: it stays degraded until there are nodes.
        self.ready = [self._addon("coredns", [group.node_group for group in groups])]

        self.kubeconfig = self._eks.kubeconfig_json
        self.provider = kubernetes.Provider(
            f"{name}-kubernetes",
            kubeconfig=self.kubeconfig,
            # Known from the start: a kubeconfig that is unknown in a preview must not replace every object.
            cluster_identifier=args.cluster_name,
            enable_server_side_apply=True,
            # Access entries have to outlive the objects that are deleted through them.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._eks]),
        )
        self.oidc_provider_arn = self._eks.oidc_provider_arn
        self.oidc_issuer = self._eks.oidc_issuer
        self.security_group_id = self._eks.cluster_security_group_id
        self.register_outputs({"cluster_name": self.cluster_name})

    def _addon(
        self, addon: str, after: Sequence[pulumi.Resource], settings: Mapping[str, Any] | None = None
    ) -> aws.eks.Addon:
        version = self._args.settings.addon_versions.get(addon)
        return managed_addon(
            f"{self._name}-{addon}",
            ManagedAddon(addon, self.cluster_name, version),
            settings or {},
            parent=self,
            after=after,
        )


def _access_entries(settings: ClusterConfig) -> dict[str, eks.AccessEntryArgs]:
    policies = {
        "AmazonEKSClusterAdminPolicy": settings.access.administrators,
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
