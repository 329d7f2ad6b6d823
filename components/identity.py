"""AWS identities of what runs in the cluster (IRSA)."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import permissions


@dataclass(frozen=True)
class ServiceAccountRoleArgs:
    """Inputs of `ServiceAccountRole`."""

    oidc_provider_arn: pulumi.Input[str]
    oidc_issuer: pulumi.Input[str]
    """Without `https://`."""
    namespace: str
    service_account: str


class ServiceAccountRole(pulumi.ComponentResource):
    """Creates a role that exactly one Kubernetes service account may take. It may do nothing until it is granted."""

    service_account: str
    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    """For the service account's annotation `eks.amazonaws.com/role-arn`."""
    grants: list[pulumi.Resource]
    """What the role may do so far. Pods that use it need all of it, which the role's ARN does not show."""

    def __init__(self, name: str, args: ServiceAccountRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:identity:ServiceAccountRole", name, {}, opts)
        self._name = name
        trust = pulumi.Output.all(args.oidc_provider_arn, args.oidc_issuer).apply(
            lambda oidc: permissions.service_account_trust(oidc[0], oidc[1], args.namespace, args.service_account)
        )
        role = aws.iam.Role(
            f"{name}-role",
            description=f"Kubernetes service account {args.namespace}/{args.service_account}",
            assume_role_policy=trust,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.service_account = args.service_account
        self.name = role.name
        self.arn = role.arn
        self.grants = []
        self.register_outputs({"arn": self.arn})

    def allow(self, what: str, policy: pulumi.Input[str]) -> None:
        """Grants what a policy document says."""
        grant = aws.iam.RolePolicy(f"{self._name}-{what}", role=self.name, policy=policy, opts=self._child())
        self.grants.append(grant)

    def allow_managed(self, what: str, policy_arn: str) -> None:
        """Grants what a policy of AWS's own says."""
        attachment = aws.iam.RolePolicyAttachment(
            f"{self._name}-{what}", role=self.name, policy_arn=policy_arn, opts=self._child()
        )
        self.grants.append(attachment)

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)
