"""The controller that turns Ingresses into Application Load Balancers."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import permissions
from components.addons.helm_addon import Chart, helm_release
from components.identity import ServiceAccountRole, ServiceAccountRoleArgs
from components.versions import AWS_LOAD_BALANCER_CONTROLLER_CHART

CHART = "aws-load-balancer-controller"
REPOSITORY = "https://aws.github.io/eks-charts"
_NAMESPACE = "kube-system"
_SERVICE_ACCOUNT = "aws-load-balancer-controller"


@dataclass(frozen=True)
class AwsLoadBalancerControllerArgs:
    """Inputs of `AwsLoadBalancerController`."""

    cluster_name: str
    region: str
    vpc_id: pulumi.Input[str]
    oidc_provider_arn: pulumi.Input[str]
    oidc_issuer: pulumi.Input[str]
    after: Sequence[pulumi.Resource]
    """What its pods need as long as there are load balancers to delete: nodes, routes, name resolution."""
    repository: str = REPOSITORY


class AwsLoadBalancerController(pulumi.ComponentResource):
    """Creates the controller's Helm release in `kube-system`, its role, and the role's policy.

    An Ingress needs all of it to come into being, and again to go: the controller takes the load balancer away.
    """

    release: pulumi.Resource
    role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: AwsLoadBalancerControllerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("openmarket:addons:AwsLoadBalancerController", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = ServiceAccountRole(
            f"{name}-identity",
            ServiceAccountRoleArgs(args.oidc_provider_arn, args.oidc_issuer, _NAMESPACE, _SERVICE_ACCOUNT),
            child,
        )
        policy = aws.iam.Policy(f"{name}-policy", policy=permissions.aws_load_balancer_controller(), opts=child)
        attachment = aws.iam.RolePolicyAttachment(
            f"{name}-policy-attachment", role=role.name, policy_arn=policy.arn, opts=child
        )
        self.release = helm_release(
            name,
            Chart(CHART, AWS_LOAD_BALANCER_CONTROLLER_CHART, args.repository),
            _NAMESPACE,
            {
                "clusterName": args.cluster_name,
                # Both given, the controller needs no instance metadata, which pods cannot reach.
                "region": args.region,
                "vpcId": args.vpc_id,
                "replicaCount": 2,
                "serviceAccount": {
                    "create": True,
                    "name": _SERVICE_ACCOUNT,
                    "annotations": {"eks.amazonaws.com/role-arn": role.arn},
                },
                # It would make the creation of every Service in the cluster wait for this release.
                "enableServiceMutatorWebhook": False,
                # A new certificate at every upgrade would break the webhooks until the pods restart.
                "keepTLSSecret": True,
            },
            parent=self,
            # The role's name does not show that the policy is attached.
            after=[attachment, *args.after],
        )
        self.role_arn = role.arn
        self.register_outputs({"role_arn": self.role_arn})
