"""The controller that turns Ingresses into Application Load Balancers."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import permissions
from components.addons.helm_addon import helm_release
from components.addons.place import SYSTEM_NAMESPACE, AddonPlace, account_values
from components.addons.scheduling import CRITICAL, DISRUPTION_BUDGET, chart_labels, resources, spread
from components.identity import ServiceAccountRole
from components.requests import LOAD_BALANCER_CONTROLLER
from components.versions import AWS_LOAD_BALANCER_CONTROLLER_CHART

CHART = "aws-load-balancer-controller"
REPOSITORY = "https://aws.github.io/eks-charts"


@dataclass(frozen=True)
class AwsLoadBalancerControllerArgs:
    """Inputs of `AwsLoadBalancerController`."""

    place: AddonPlace
    vpc_id: pulumi.Input[str]


class AwsLoadBalancerController(pulumi.ComponentResource):
    """Creates the controller's Helm release in `kube-system`, its role, and the role's policy.

    An Ingress needs all of it to come into being, and again to go: the controller takes the load balancer away.
    """

    release: pulumi.Resource
    role: ServiceAccountRole

    def __init__(
        self, name: str, args: AwsLoadBalancerControllerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("openmarket:addons:AwsLoadBalancerController", name, {}, opts)
        place, child = args.place, pulumi.ResourceOptions(parent=self)
        self.role = place.role(name, CHART, self)
        # Too long for an inline policy.
        policy = aws.iam.Policy(f"{name}-policy", policy=permissions.aws_load_balancer_controller(), opts=child)
        attachment = aws.iam.RolePolicyAttachment(
            f"{name}-policy-attachment", role=self.role.name, policy_arn=policy.arn, opts=child
        )
        self.release = helm_release(
            name,
            place.chart(CHART, AWS_LOAD_BALANCER_CONTROLLER_CHART, REPOSITORY),
            SYSTEM_NAMESPACE,
            {
                "clusterName": place.cluster_name,
                # Both given, the controller needs no instance metadata, which pods cannot reach.
                "region": place.region,
                "vpcId": args.vpc_id,
                "serviceAccount": account_values(self.role),
                "replicaCount": place.replicas,
                "podDisruptionBudget": dict(DISRUPTION_BUDGET),
                "priorityClassName": CRITICAL,
                "topologySpreadConstraints": spread(chart_labels(CHART)),
                "resources": resources(*LOAD_BALANCER_CONTROLLER, "256Mi"),
                # It would make the creation of every Service in the cluster wait for this release.
                "enableServiceMutatorWebhook": False,
                # A new certificate at every upgrade would break the webhooks until the pods restart.
                "keepTLSSecret": True,
            },
            parent=self,
            # The role's name does not show that the policy is attached.
            after=[attachment, *place.ready],
        )
        self.register_outputs({"role_arn": self.role.arn})
