"""The add-ons of a cluster, in order."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.addons.aws_load_balancer_controller import AwsLoadBalancerController, AwsLoadBalancerControllerArgs
from components.addons.external_secrets import ExternalSecrets, ExternalSecretsArgs
from components.addons.place import AddonPlace
from components.identity import ServiceAccountRole


@dataclass(frozen=True)
class AddonsArgs:
    """Inputs of `Addons`."""

    place: AddonPlace
    vpc_id: pulumi.Input[str]
    secret_namespaces: Sequence[pulumi.Input[str]]
    """Which may have ExternalSecrets."""


class Addons(pulumi.ComponentResource):
    """Creates everything that runs in the cluster so that workloads can.

    None waits for another: each has all that its pods need once the cluster is ready.
    """

    load_balancer_controller: pulumi.Resource
    """Ingresses need it to come into being, and again to go."""
    secret_store: pulumi.Resource
    """ExternalSecrets need it, and the external secrets role's grants."""
    external_secrets: ServiceAccountRole
    """May read nothing until a secret says so."""
    roles: dict[str, ServiceAccountRole]
    """By add-on."""

    def __init__(self, name: str, args: AddonsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:addons:Addons", name, {}, opts)
        place, child = args.place, pulumi.ResourceOptions(parent=self)
        controller = AwsLoadBalancerController(
            f"{name}-alb-controller", AwsLoadBalancerControllerArgs(place, args.vpc_id), child
        )
        external_secrets = ExternalSecrets(
            f"{name}-external-secrets", ExternalSecretsArgs(place, args.secret_namespaces), child
        )

        self.load_balancer_controller = controller.release
        self.secret_store = external_secrets.store
        self.external_secrets = external_secrets.role
        self.roles = {
            "aws-load-balancer-controller": controller.role,
            "external-secrets": external_secrets.role,
        }
        self.register_outputs({})
