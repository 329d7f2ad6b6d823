"""The definition of an add-on, and the view that it has of its installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from components.addons.parts import SYSTEM_NAMESPACE, Chart, EksAddon, Metrics, Pods, ServiceAccount, WatchedService
from components.iam.grants import AnyGrant

if TYPE_CHECKING:
    import pulumi


class Installation(Protocol):
    """The installation of one add-on in one cluster."""

    @property
    def name(self) -> str:
        """The beginning of resource names."""
        ...

    @property
    def cluster_name(self) -> str: ...

    @property
    def kubernetes_version(self) -> str:
        """The cluster's minor."""
        ...

    @property
    def region(self) -> str: ...

    @property
    def vpc_id(self) -> pulumi.Input[str]: ...

    @property
    def shop_namespace(self) -> str: ...

    @property
    def protected(self) -> bool:
        """True if resources that hold data must not be deleted."""
        ...

    @property
    def tags(self) -> Mapping[str, str]:
        """Tags for what the add-on creates in AWS, which the provider's default tags do not reach."""
        ...

    @property
    def addons(self) -> Sequence[Addon]:
        """All add-ons of the cluster."""
        ...

    def key_arn(self, store: str) -> pulumi.Output[str]:
        """The KMS key that encrypts `store`, one of `components.encryption.STORES`."""
        ...

    def account_values(self) -> dict[str, object]:
        """Chart values for a service account that takes the add-on's role."""
        ...

    def child(self, *needs: pulumi.Resource) -> pulumi.ResourceOptions:
        """Options of a resource of the add-on that also needs these."""
        ...

    def child_in_cluster(self, *needs: pulumi.Resource) -> pulumi.ResourceOptions:
        """The same, of a resource that needs nodes, routes and name resolution from its start to its end."""
        ...

    def ready(self, addon: type[Addon]) -> pulumi.Resource:
        """The resource that exists once another add-on, an earlier one in the catalogue, does its work."""
        ...

    def log_group(self, what: str, name: str) -> pulumi.Resource:
        """Creates an encrypted CloudWatch log group with the stack's retention."""
        ...

    def new_namespace(self, name: str, labels: Mapping[str, str], *needs: pulumi.Resource) -> pulumi.Resource:
        """Creates a namespace, which a protected stack does not delete."""
        ...

    def generated_secret(
        self,
        what: str,
        description: str,
        fixed: Mapping[str, str],
        generated: str,
        namespace: str,
        *needs: pulumi.Resource,
    ) -> pulumi.Output[str]:
        """Creates the secret `<prefix>-<what>`, and returns the name of the Kubernetes Secret with its values.

        Args:
            what: Part of names.
            description: For people who find the secret in AWS.
            fixed: Values by key.
            generated: The key whose value is generated.
            namespace: The namespace of the Kubernetes Secret.
            needs: What the Kubernetes Secret needs, such as its namespace.
        """
        ...


class Addon:
    """An add-on: what it is installed from, and what it needs. Each subclass is one; its docstring says what it does.

    The subclass's name is part of the Pulumi type of its component: renaming it needs an alias.
    """

    name: ClassVar[str]
    """The component's name, after `addons-`."""
    source: ClassVar[Chart | EksAddon]
    namespace: ClassVar[str] = SYSTEM_NAMESPACE
    """The namespace of a chart's release."""
    service_account: ClassVar[ServiceAccount | None] = None
    """None for an add-on that needs nothing of AWS."""
    role_name: ClassVar[str] = ""
    """The role's key in the stack's output `role_arns`; empty for the service account's name."""
    metrics: ClassVar[Metrics | None] = None

    def pods(self) -> Pods:
        """The pods that it brings."""
        return Pods()

    def grants(self, installation: Installation) -> Sequence[AnyGrant]:
        """All that its role may do, apart from what others grant to it."""
        return ()

    def before(self, installation: Installation) -> Sequence[pulumi.Resource]:
        """Creates resources that must exist before the add-on, and returns them."""
        return ()

    def values(self, installation: Installation) -> Mapping[str, Any]:
        """The values of the chart, or the configuration values of the EKS add-on; empty for its defaults."""
        return {}

    def after(self, installation: Installation, installed: pulumi.Resource) -> pulumi.Resource:
        """Creates resources that need the add-on, and returns the one that stands for all of it."""
        return installed

    def for_service(self, service: WatchedService, opts: pulumi.ResourceOptions) -> None:
        """Creates objects for a service of the shop, with options by which they depend on this add-on."""

    def alerts(self, shop_namespace: str) -> Sequence[Mapping[str, Any]]:
        """Alerting rules of Prometheus about this add-on's work for the shop."""
        return ()

    @classmethod
    def role_key(cls) -> str:
        """The role's key in the stack's output `role_arns`; empty if it has none."""
        return (cls.role_name or cls.service_account.name) if cls.service_account else ""
