"""The cluster's nodes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import permissions
from components.config import Architecture, Capacity, NodeGroupConfig
from components.config.cluster import UPDATED_AT_ONCE_PERCENT

_NODE_POLICIES = {
    "worker": "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy",
    "images": "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
    # The CNI runs on the host's network before any service account role could work.
    "cni": "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
}
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
    attachments: Sequence[pulumi.Resource]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:cluster:NodeRole", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            f"{name}-role", assume_role_policy=permissions.service_trust("ec2.amazonaws.com"), opts=child
        )
        self.attachments = [
            aws.iam.RolePolicyAttachment(f"{name}-{what}", role=role.name, policy_arn=arn, opts=child)
            for what, arn in _NODE_POLICIES.items()
        ]
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True)
class NodeGroupArgs:
    """Inputs of `NodeGroup`."""

    label: str
    """Name tag of the instances and their volumes."""
    cluster_name: str
    version: str
    """Kubernetes minor."""
    role_arn: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    group: NodeGroupConfig
    autoscaled: bool
    """Whether the desired size is an autoscaler's."""
    tags: Mapping[str, str]
    """For the instances, which the provider's default tags do not reach."""
    after: Sequence[pulumi.Resource]
    """What a node needs to become ready, and to the end: CNI (which has the cluster), permissions, a way out."""


class NodeGroup(pulumi.ComponentResource):
    """Creates a managed node group and its launch template.

    Encrypted gp3 disks, IMDSv2 that pods cannot reach, tagged instances and volumes. Later changes of the desired size
    are the autoscaler's; without one, the group has its desired size.
    """

    node_group: aws.eks.NodeGroup

    def __init__(self, name: str, args: NodeGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:cluster:NodeGroup", name, {}, opts)
        group = args.group
        tags = {**args.tags, "Name": args.label}
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
                aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=tags) for kind in _TAGGED
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
                # Switching the autoscaler off changes the minimum, and so brings back nodes that it took away.
                min_size=group.min if args.autoscaled else group.desired,
                desired_size=group.desired,
                max_size=group.max,
            ),
            update_config=aws.eks.NodeGroupUpdateConfigArgs(max_unavailable_percentage=UPDATED_AT_ONCE_PERCENT),
            labels=dict(group.labels),
            taints=[
                aws.eks.NodeGroupTaintArgs(key=t.key, value=t.value, effect=_TAINT_EFFECTS[t.effect])
                for t in group.taints
            ],
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(args.after),
                ignore_changes=["scalingConfig.desiredSize"] if args.autoscaled else None,
            ),
        )
        self.register_outputs({"name": self.node_group.node_group_name})
