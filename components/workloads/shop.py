"""The shop in its cluster: namespace, services, and the load balancer in front of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.addons.aws_load_balancer_controller import AwsLoadBalancerController
from components.addons.parts import WatchedService
from components.config import Use, WebConfig
from components.config.application import address_variable
from components.config.services import use
from components.config.uses import WITH_SECRET
from components.context import StackContext
from components.data.stores import Stores
from components.edge.public_ingress import PublicIngress
from components.iam.identity import ServiceAccountRole
from components.platform.addons import Addons
from components.platform.external_secret import ExternalSecret, ExternalSecretArgs
from components.workloads.database_users import NAME as DATABASE_USERS
from components.workloads.flows import NetworkContext, Workload
from components.workloads.ingress import Ingress, IngressArgs
from components.workloads.ingress_annotations import Backend
from components.workloads.load_balancer_lookup import load_balancer_of
from components.workloads.migration import migration_name
from components.workloads.namespace import Namespace, NamespaceArgs
from components.workloads.network_policies import NetworkPolicies, NetworkPoliciesArgs
from components.workloads.pod import Environment, selector_labels
from components.workloads.quota import Quota, QuotaArgs
from components.workloads.service import cluster_ip_service
from components.workloads.settings import Settings, SettingsArgs
from components.workloads.shop_database import Prepared, ShopDatabase, ShopDatabaseArgs
from components.workloads.store_secrets import SECRET_NAMES, variables
from components.workloads.web_service import WebService, WebServiceArgs


@dataclass(frozen=True)
class ShopArgs:
    """Inputs of `Shop`."""

    context: StackContext
    services: Mapping[str, WebConfig]
    roles: Mapping[str, ServiceAccountRole]
    """The AWS roles by service."""
    variables: Mapping[str, pulumi.Input[str]]
    """The environment of all services, besides what their stanzas and their secrets add."""
    stores: Stores
    addons: Addons
    ingress: PublicIngress
    network: NetworkContext


class Shop(pulumi.ComponentResource):
    """Creates the namespace `openmarket-<stack>` and all that is in it.

    The Services come first, then the Ingress, then the pods: only so do the first pods wait for their load balancer.
    """

    namespace: pulumi.Output[str]
    load_balancer_dns: pulumi.Output[str]
    load_balancer: pulumi.Output[str]
    """The load balancer as CloudWatch knows it, `app/<name>/<digits>`; `none` while there is none."""

    def __init__(self, name: str, args: ShopArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:Shop", name, {}, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self.namespace = Namespace(f"{name}-namespace", NamespaceArgs(args.context.prefix), self._child).name
        policies = NetworkPolicies(
            f"{name}-policies",
            NetworkPoliciesArgs(self.namespace, _workloads(args.services), args.network),
            self._child,
        ).policies
        quota = Quota(f"{name}-quota", QuotaArgs(self.namespace, args.services), self._child)
        self._settings = Settings(f"{name}-settings", SettingsArgs(self.namespace, args.variables), self._child)
        used = [each for each in WITH_SECRET if use(each, args.services)]
        self._secrets = {each: secret for each in used if (secret := self._secret(each))}
        self._database = self._prepared_database(policies)
        ingress = self._ingress()
        for service in args.services:
            self._service(service, [ingress.ingress, *quota.resources, *policies])
        self.load_balancer_dns = ingress.load_balancer_dns
        self.load_balancer = load_balancer_of(args.context.cluster_name, self.namespace, self.load_balancer_dns)
        self.register_outputs({"load_balancer_dns": self.load_balancer_dns})

    def _ingress(self) -> Ingress:
        args, edge = self._args, self._args.ingress
        addresses = {
            service: cluster_ip_service(f"{self._name}-{service}", service, self.namespace, stanza, self._child)
            for service, stanza in args.services.items()
        }
        return Ingress(
            f"{self._name}-ingress",
            IngressArgs(
                namespace=self.namespace,
                backends={
                    host: Backend(addresses[service], args.services[service].port)
                    for host, service in edge.settings.hosts.items()
                },
                load_balancer=edge.load_balancer,
                controller=args.addons.installed[AwsLoadBalancerController].done,
                allowed_cidrs=edge.settings.allowed_cidrs,
            ),
            self._child,
        )

    def _service(self, service: str, depends_on: Sequence[pulumi.Resource]) -> None:
        args, stanza, name = self._args, self._args.services[service], f"{self._name}-{service}"
        config_map = self._settings.config_map
        prepared = Prepared()
        if self._database and Use.DATABASE in stanza.uses:
            prepared = self._database.prepare(service, stanza, config_map)
        addresses = {
            address_variable(callee): f"http://{callee}:{args.services[callee].port}" for callee in stanza.calls
        }
        keep_alive = str(args.ingress.load_balancer.keep_alive_milliseconds)
        secrets = [self._secrets[store].target for store in stanza.uses if store in self._secrets]
        WebService(
            name,
            WebServiceArgs(
                service=service,
                namespace=self.namespace,
                settings=stanza,
                role_arn=args.roles[service].arn,
                environment=Environment({"KEEP_ALIVE_TIMEOUT": keep_alive, **addresses}, config_map, secrets),
                init_containers=prepared.init_containers,
                depends_on=[*depends_on, *prepared.depends_on],
            ),
            self._child,
        )
        watched = WatchedService(name, service, self.namespace, selector_labels(service), stanza.metrics_path)
        args.addons.for_service(watched, self._child)

    def _prepared_database(self, policies: Sequence[pulumi.Resource]) -> ShopDatabase | None:
        """The database's users and schema, or None if no service uses the database."""
        if Use.DATABASE not in self._secrets:
            return None
        return ShopDatabase(
            f"{self._name}-database",
            ShopDatabaseArgs(
                namespace=self.namespace,
                database=self._args.stores.database,
                application_secret=self._secrets[Use.DATABASE].target,
                store=self._args.addons.secret_store,
                depends_on=policies,
            ),
            self._child,
        )

    def _secret(self, what: Use) -> ExternalSecret | None:
        """The Secret with its credentials, or None if it would have no keys."""
        stores = self._args.stores
        keys = variables(what, stores.api_keys.keys)
        if not keys:
            return None
        return ExternalSecret(
            f"{self._name}-{SECRET_NAMES[what].removeprefix('openmarket-')}",
            ExternalSecretArgs(
                namespace=self.namespace,
                secret_name=SECRET_NAMES[what],
                source=stores.secrets[what],
                keys=keys,
                store=self._args.addons.secret_store,
            ),
            self._child,
        )


def _workloads(services: Mapping[str, WebConfig]) -> list[Workload]:
    """Services, and the Jobs that prepare the database for them."""
    pods = [
        Workload(
            name,
            service.port,
            public=bool(service.hosts),
            calls=service.calls,
            stores=[store for store in service.uses if store in (Use.DATABASE, Use.CACHE)],
            internet=service.internet,
            scraped=bool(service.metrics_path),
        )
        for name, service in services.items()
    ]
    migrations = [migration_name(name) for name, service in services.items() if service.migrates_by_job]
    users = [DATABASE_USERS] if use(Use.DATABASE, services) else []
    return pods + [Workload(job, stores=[Use.DATABASE]) for job in [*users, *migrations]]
