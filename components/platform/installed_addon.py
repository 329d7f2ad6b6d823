"""The installation of one add-on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
import pulumi_kubernetes as kubernetes

from components.addons.addon import Addon
from components.addons.external_secrets import ExternalSecrets
from components.addons.parts import Chart, WatchedService
from components.cluster.cluster import Cluster
from components.cluster.managed_addon import managed_addon
from components.context import StackContext
from components.data.credentials import StoredSecret, StoredSecretArgs, generated_password
from components.iam.identity import ServiceAccountRole, ServiceAccountRoleArgs
from components.log_group import log_group
from components.platform.definitions import definitions
from components.platform.external_secret import ExternalSecret, ExternalSecretArgs, SecretStore
from components.platform.helm import helm_release


@dataclass(frozen=True)
class InstalledAddonArgs:
    """Inputs of `InstalledAddon`."""

    context: StackContext
    cluster: Cluster
    vpc_id: pulumi.Input[str]
    addon: Addon
    addons: Sequence[Addon]
    """All add-ons of the cluster."""
    installed: Mapping[type[Addon], "InstalledAddon"]
    """Those that exist by now."""
    repositories: Mapping[str, str]
    """Repositories by chart, instead of the public ones."""
    password_length: int


class InstalledAddon(pulumi.ComponentResource):
    """Creates an add-on's role, its Helm release or EKS add-on, and its further resources."""

    name: str
    role: ServiceAccountRole | None
    """None if the add-on needs nothing of AWS."""
    done: pulumi.Resource
    """It exists once the add-on does its work; whoever needs that depends on it, and is deleted before it."""

    def __init__(self, name: str, args: InstalledAddonArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        addon = args.addon
        super().__init__(f"openmarket:addons:{type(addon).__name__}", name, {}, opts)
        self.name = name
        self._args = args
        self.role = self._role()
        installed = self._install(addon.before(self))
        self.done = addon.after(self, installed)
        self.register_outputs({"role_arn": self.role.arn if self.role else None})

    def _role(self) -> ServiceAccountRole | None:
        args, account = self._args, self._args.addon.service_account
        if account is None:
            return None
        return ServiceAccountRole(
            f"{self.name}-identity",
            ServiceAccountRoleArgs(args.cluster.oidc, account.namespace, account.name, args.addon.grants(self)),
            self.child(),
        )

    def _install(self, before: Sequence[pulumi.Resource]) -> pulumi.Resource:
        addon, source, opts = self._args.addon, self._args.addon.source, self.child_in_cluster(*before)
        values = addon.values(self)
        if isinstance(source, Chart):
            chart = replace(source, repository=self._args.repositories.get(source.name, source.repository))
            # They need the cluster alone, and a release of the new version comes after them.
            upgraded = definitions(self.name, chart, self.child())
            needing = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=upgraded))
            return helm_release(f"{self.name}-release", chart, addon.namespace, values, needing)
        role_arn = self.role.arn if self.role else None
        return managed_addon(f"{self.name}-addon", self._args.cluster.addon(source.name), values, opts, role_arn)

    def for_service(self, service: WatchedService, opts: pulumi.ResourceOptions) -> None:
        """Creates what the add-on wants to know or to say of a service of the shop."""
        # The kinds of such objects come with the add-on.
        needing = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[self.done]))
        self._args.addon.for_service(service, needing)

    @property
    def secret_store(self) -> SecretStore:
        """The store that External Secrets brings."""
        if self.role is None:
            raise ValueError(f"{self._args.addon.name} brings no secret store")
        return SecretStore(self.done, self.role)

    @property
    def cluster_name(self) -> str:
        return self._args.cluster.name

    @property
    def kubernetes_version(self) -> str:
        return self._args.cluster.settings.version

    @property
    def region(self) -> str:
        return self._args.context.region

    @property
    def vpc_id(self) -> pulumi.Input[str]:
        return self._args.vpc_id

    @property
    def shop_namespace(self) -> str:
        return self._args.context.prefix

    @property
    def protected(self) -> bool:
        return self._args.context.protected

    @property
    def tags(self) -> Mapping[str, str]:
        return self._args.context.tags

    @property
    def addons(self) -> Sequence[Addon]:
        return self._args.addons

    def key_arn(self, store: str) -> pulumi.Output[str]:
        return pulumi.Output.from_input(self._args.context.keys[store])

    def account_values(self) -> dict[str, object]:
        if self.role is None:
            raise ValueError(f"{self._args.addon.name} has no service account with a role")
        return {
            "create": True,
            "name": self.role.service_account,
            "annotations": {"eks.amazonaws.com/role-arn": self.role.arn},
        }

    def child(self, *needs: pulumi.Resource) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self, depends_on=list(needs))

    def child_in_cluster(self, *needs: pulumi.Resource) -> pulumi.ResourceOptions:
        return self.child(*needs, *self._args.cluster.ready)

    def ready(self, addon: type[Addon]) -> pulumi.Resource:
        return self._args.installed[addon].done

    def log_group(self, what: str, name: str) -> pulumi.Resource:
        context = self._args.context
        return log_group(f"{self.name}-{what}", name, context, self.child())

    def new_namespace(self, name: str, labels: Mapping[str, str], *needs: pulumi.Resource) -> pulumi.Resource:
        guarded = pulumi.ResourceOptions(protect=self.protected, custom_timeouts=pulumi.CustomTimeouts(delete="20m"))
        return kubernetes.core.v1.Namespace(
            f"{self.name}-namespace",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=name, labels=labels),
            opts=pulumi.ResourceOptions.merge(self.child_in_cluster(*needs), guarded),
        )

    def generated_secret(
        self,
        what: str,
        description: str,
        fixed: Mapping[str, str],
        generated: str,
        namespace: str,
        *needs: pulumi.Resource,
    ) -> pulumi.Output[str]:
        context = self._args.context
        password = generated_password(f"{self.name}-{what}-password", self._args.password_length, self)
        values: dict[str, pulumi.Input[str]] = {**fixed, generated: password}
        stored = StoredSecret(
            f"{self.name}-{what}",
            StoredSecretArgs(context, f"{context.prefix}-{what}", description, values),
            self.child(),
        )
        return ExternalSecret(
            f"{self.name}-{what}-admin",
            ExternalSecretArgs(
                namespace=namespace,
                secret_name=f"{what}-admin",
                source=stored,
                keys={key: key for key in values},
                store=self._args.installed[ExternalSecrets].secret_store,
                depends_on=needs,
            ),
            self.child(),
        ).target
