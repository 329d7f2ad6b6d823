"""The cluster's nodes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cluster.node_sizes import NodeSizes
from components.config import Architecture, Capacity, NodeGroupConfig
from components.config.cluster import UPDATED_AT_ONCE_PERCENT
from components.iam.grants import ManagedGrant
from components.iam.identity import service_role

_NODE_GRANTS = (
    ManagedGrant("worker", "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"),
    ManagedGrant("images", "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly"),
    # The CNI runs on the host's network before any service account role could work.
    ManagedGrant("cni", "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"),
)
_AMI_TYPES = {Architecture.ARM64: "AL2023_ARM_64_STANDARD", Architecture.X86_64: "AL2023_x86_64_STANDARD"}
_CAPACITY_TYPES = {Capacity.ON_DEMAND: "ON_DEMAND", Capacity.SPOT: "SPOT"}
_TAINT_EFFECTS = {
    "NoSchedule": "NO_SCHEDULE",
    "PreferNoSchedule": "PREFER_NO_SCHEDULE",
    "NoExecute": "NO_EXECUTE",
}
_TAGGED = ("instance", "volume", "network-interface")


class NodeRole(pulumi.ComponentResource):
    """Creates the role of the nodes: join the cluster, pull images, manage pod addresses."""

    arn: pulumi.Output[str]
    """Nodes that use it are created after the role's permissions, and deleted before them."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:cluster:NodeRole", name, {}, opts)
        self.arn = service_role(name, "ec2.amazonaws.com", _NODE_GRANTS, self)
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True)
class NodeGroupArgs:
    """Inputs of `NodeGroup`."""

    cluster_name: str
    version: str | None
    """The Kubernetes minor."""
    role_arn: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    group: NodeGroupConfig
    sizes: NodeSizes
    tags: Mapping[str, str]
    """Tags of instances, volumes and network interfaces, which the provider's default tags do not reach."""
    depends_on: Sequence[pulumi.Resource]
    """Resources that a node needs from its start to its end and that no input shows: the cluster with its networking
    add-ons, and the routes out."""


class NodeGroup(pulumi.ComponentResource):
    """Creates a managed node group and its launch template.

    Nodes have encrypted gp3 disks and IMDSv2, which pods cannot reach. An autoscaler, if there is one, owns the desired
    size from the group's creation on; otherwise the group has its `desired` size. See `NodeSizes`.
    """

    node_group: aws.eks.NodeGroup

    def __init__(self, name: str, args: NodeGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:cluster:NodeGroup", name, {}, opts)
        group = args.group
        template = aws.ec2.LaunchTemplate(
            f"{name}-template",
            update_default_version=True,
            block_device_mappings=[
                aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
                    device_name="/dev/xvda",
                    ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
                        volume_type="gp3",
                        volume_size=group.disk_gib,
                        encrypted="true",
                        delete_on_termination="true",
                    ),
                )
            ],
            metadata_options=aws.ec2.LaunchTemplateMetadataOptionsArgs(
                http_endpoint="enabled",
                http_tokens="required",
                # One hop ends at the host: a pod cannot get at the node's role.
                http_put_response_hop_limit=1,
            ),
            tag_specifications=[
                aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=args.tags) for kind in _TAGGED
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.node_group = aws.eks.NodeGroup(
            f"{name}-group",
            cluster_name=args.cluster_name,
            version=args.version,
            node_role_arn=args.role_arn,
            subnet_ids=list(args.subnet_ids),
            instance_types=list(group.instance_types),
            ami_type=_AMI_TYPES[group.architecture],
            capacity_type=_CAPACITY_TYPES[group.capacity],
            launch_template=aws.eks.NodeGroupLaunchTemplateArgs(
                id=template.id, version=template.latest_version.apply(lambda version: str(int(version)))
            ),
            scaling_config=aws.eks.NodeGroupScalingConfigArgs(
                min_size=args.sizes.min, desired_size=args.sizes.desired, max_size=args.sizes.max
            ),
            update_config=aws.eks.NodeGroupUpdateConfigArgs(max_unavailable_percentage=UPDATED_AT_ONCE_PERCENT),
            labels=dict(group.labels),
            taints=[
                aws.eks.NodeGroupTaintArgs(key=t.key, value=t.value, effect=_TAINT_EFFECTS[t.effect])
                for t in group.taints
            ],
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(args.depends_on),
                ignore_changes=["scalingConfig.desiredSize"] if args.sizes.remembered else None,
            ),
        )
        self.register_outputs({"name": self.node_group.node_group_name})
