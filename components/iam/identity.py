"""IAM roles whose ARN is used only once the role has its permissions."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.iam import permissions
from components.iam.grants import AnyGrant, Grant, LongGrant, ManagedGrant
from components.ordering import known_after


@dataclass(frozen=True)
class OidcProvider:
    """The OpenID Connect provider by which IAM trusts tokens of the cluster's service accounts."""

    arn: pulumi.Input[str]
    issuer: pulumi.Input[str]
    """The issuer's address without `https://`."""


@dataclass(frozen=True)
class ServiceAccountRoleArgs:
    """Inputs of `ServiceAccountRole`."""

    oidc: OidcProvider
    namespace: str
    service_account: str
    grants: Sequence[AnyGrant] = ()
    """Permissions that pods with this role need from their start. Empty means that the role may do nothing."""


class ServiceAccountRole(pulumi.ComponentResource):
    """Creates a role that exactly one Kubernetes service account may assume (IRSA), with its permissions."""

    service_account: str
    arn: pulumi.Output[str]
    """The role's ARN, for the service account's annotation `eks.amazonaws.com/role-arn`.

    Resources that use it are created after all of the role's permissions, and deleted before them.
    """

    def __init__(self, name: str, args: ServiceAccountRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:identity:ServiceAccountRole", name, {}, opts)
        self._name = name
        self._owner = opts.parent if opts else None
        trust = pulumi.Output.all(args.oidc.arn, args.oidc.issuer).apply(
            lambda oidc: permissions.service_account_trust(oidc[0], oidc[1], args.namespace, args.service_account)
        )
        self._role = aws.iam.Role(
            f"{name}-role",
            description=f"Kubernetes service account {args.namespace}/{args.service_account}",
            assume_role_policy=trust,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.service_account = args.service_account
        self.arn = known_after(self._role.arn, [self.allow(grant) for grant in args.grants])
        self.register_outputs({"arn": self.arn})

    def allow(self, grant: AnyGrant) -> pulumi.Resource:
        """Adds a permission later. Whoever needs it depends on the resource that this returns, not on the ARN."""
        child = pulumi.ResourceOptions(parent=self)
        if not isinstance(grant, LongGrant):
            return _permit(self._name, self._role, grant, child)
        policy = aws.iam.Policy(f"{self._name}-{grant.name}", policy=grant.policy, opts=self._moved(grant.name))
        attachment = f"{grant.name}-attachment"
        return _attach(f"{self._name}-{attachment}", self._role, policy.arn, self._moved(attachment))

    def _moved(self, what: str) -> pulumi.ResourceOptions:
        """Options of a child that stacks of before December 2026 have as a child of the role's owner."""
        former = pulumi.Alias(name=f"{self._name.removesuffix('-identity')}-{what}", parent=self._owner)
        return pulumi.ResourceOptions(parent=self, aliases=[former] if self._owner else None)


def service_role(
    name: str, service: str, grants: Sequence[Grant | ManagedGrant], parent: pulumi.Resource
) -> pulumi.Output[str]:
    """Creates a role that an AWS service may assume, and returns its ARN.

    Resources that use the ARN are created after the role's permissions, and deleted before them.

    Args:
        service: Such as `ec2.amazonaws.com`.
        grants: All that the service may do.
    """
    child = pulumi.ResourceOptions(parent=parent)
    role = aws.iam.Role(f"{name}-role", assume_role_policy=permissions.service_trust(service), opts=child)
    return known_after(role.arn, [_permit(name, role, grant, child) for grant in grants])


def _permit(
    name: str, role: aws.iam.Role, grant: Grant | ManagedGrant, opts: pulumi.ResourceOptions
) -> pulumi.Resource:
    if isinstance(grant, ManagedGrant):
        return _attach(f"{name}-{grant.name}", role, grant.policy_arn, opts)
    return aws.iam.RolePolicy(f"{name}-{grant.name}", role=role.name, policy=grant.policy, opts=opts)


def _attach(
    name: str, role: aws.iam.Role, policy_arn: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> pulumi.Resource:
    return aws.iam.RolePolicyAttachment(name, role=role.name, policy_arn=policy_arn, opts=opts)
