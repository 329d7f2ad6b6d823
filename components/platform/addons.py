"""The add-ons of the cluster, installed in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.addons import catalogue, prometheus
from components.addons.addon import Addon
from components.addons.catalogue import AddonsConfig
from components.addons.external_secrets import ExternalSecrets
from components.addons.keda import Keda
from components.addons.parts import WatchedService
from components.addons.prometheus import Prometheus
from components.cluster.cluster import Cluster
from components.context import StackContext
from components.iam.identity import ServiceAccountRole
from components.platform.external_secret import SecretStore
from components.platform.installed_addon import InstalledAddon, InstalledAddonArgs


@dataclass(frozen=True)
class AddonsArgs:
    """Inputs of `Addons`."""

    context: StackContext
    cluster: Cluster
    vpc_id: pulumi.Input[str]
    settings: AddonsConfig
    for_services: Sequence[Addon]
    """Those that are there because a service needs them."""
    chart_repositories: Mapping[str, str]
    """Repositories by chart, instead of the public ones."""
    password_length: int
    alarm_topics: Mapping[str, pulumi.Input[str]]
    """ARNs of the SNS topics that add-ons may tell, by severity or purpose."""


class Addons(pulumi.ComponentResource):
    """Creates everything that runs in the cluster so that workloads can: the add-ons of the catalogue.

    Only Prometheus waits for others: its password comes by External Secrets, its volumes by the EBS CSI driver.
    """

    cluster: Cluster
    """The cluster that they are in."""
    installed: Mapping[type[Addon], InstalledAddon]
    """Add-ons by their definition. Whoever needs one depends on its `done`."""
    secret_store: SecretStore
    monitoring: str
    """The namespace that Prometheus scrapes from; empty if it is off."""
    keda: pulumi.Resource | None
    """It exists while KEDA scales services; None if it is not there."""
    roles: Mapping[str, ServiceAccountRole]
    """Roles of add-ons by their key in the stack's output `role_arns`."""

    def __init__(self, name: str, args: AddonsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:addons:Addons", name, {}, opts)
        addons = catalogue.enabled(args.settings, args.for_services, args.alarm_topics)
        installed: dict[type[Addon], InstalledAddon] = {}
        for addon in addons:
            installed[type(addon)] = InstalledAddon(
                f"{name}-{addon.name}",
                InstalledAddonArgs(
                    context=args.context,
                    cluster=args.cluster,
                    vpc_id=args.vpc_id,
                    addon=addon,
                    addons=addons,
                    installed=dict(installed),
                    repositories=args.chart_repositories,
                    password_length=args.password_length,
                ),
                pulumi.ResourceOptions(parent=self),
            )
        self.cluster = args.cluster
        self.installed = installed
        self.secret_store = installed[ExternalSecrets].secret_store
        self.monitoring = prometheus.NAMESPACE if Prometheus in installed else ""
        self.keda = installed[Keda].done if Keda in installed else None
        self.roles = {addon.role_key(): role for addon in addons if (role := installed[type(addon)].role)}
        self.register_outputs({})

    def for_service(self, service: WatchedService, opts: pulumi.ResourceOptions) -> None:
        """Creates what the add-ons want to know or to say of a service of the shop."""
        for installed in self.installed.values():
            installed.for_service(service, opts)
