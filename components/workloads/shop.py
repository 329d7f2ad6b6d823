"""The shop in its cluster: namespace, services, and the load balancer in front of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.addons.external_secret import ExternalSecret, ExternalSecretArgs
from components.config import ServiceConfig, Store
from components.config.application import address_variable
from components.config.services import use
from components.data.aurora import Aurora
from components.data.credentials import SecretReference
from components.edge.load_balancer import LoadBalancer
from components.identity import ServiceAccountRole
from components.workloads.database_users import NAME as DATABASE_USERS
from components.workloads.flows import Surroundings, Workload
from components.workloads.ingress import Ingress, IngressArgs
from components.workloads.ingress_annotations import Backend
from components.workloads.migration import migration_name
from components.workloads.namespace import Namespace, NamespaceArgs
from components.workloads.network_policies import NetworkPolicies, NetworkPoliciesArgs
from components.workloads.quota import Quota, QuotaArgs
from components.workloads.recommendation import recommendation
from components.workloads.service import cluster_ip_service
from components.workloads.service_monitor import service_monitor
from components.workloads.settings import Settings, SettingsArgs
from components.workloads.shop_database import Prepared, ShopDatabase, ShopDatabaseArgs
from components.workloads.store_secrets import SECRET_NAMES, variables
from components.workloads.web_service import WebService, WebServiceArgs


@dataclass(frozen=True)
class ShopArgs:
    """Inputs of `Shop`."""

    namespace: str
    services: Mapping[str, ServiceConfig]
    hosts: Mapping[str, str]
    """Services by full host name."""
    roles: Mapping[str, ServiceAccountRole]
    """By service."""
    settings: Mapping[str, pulumi.Input[str]]
    """What every service is told, by environment variable."""
    secrets: Mapping[Store, SecretReference]
    api_keys: Sequence[str]
    """Names of the third-party keys."""
    secret_store: Sequence[pulumi.Resource]
    """What ExternalSecrets need to come and to go."""
    database: Aurora
    database_client: str
    """An image with the client mysql."""
    load_balancer: LoadBalancer
    allowed_cidrs: Mapping[str, Sequence[str]]
    """By full host name, the only networks that may reach it."""
    entrance: Sequence[pulumi.Resource]
    """What the load balancer needs to come and to go: its controller, and the rules that let it reach the pods."""
    surroundings: Surroundings
    """What is around the pods, for the rules of who may talk to whom."""
    prometheus: pulumi.Resource | None
    """Reads the metrics of services that have some, if it is on."""
    recommender: pulumi.Resource | None
    """Says what pods should ask for, if it is on."""


class Shop(pulumi.ComponentResource):
    """Creates the namespace and all that is in it.

    Services, then the Ingress, then the pods: only so do the first pods wait for their load balancer.
    """

    namespace: pulumi.Output[str]
    load_balancer_dns: pulumi.Output[str]

    def __init__(self, name: str, args: ShopArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:Shop", name, {}, opts)
        self._name = name
        self._args = args
        child = pulumi.ResourceOptions(parent=self)
        self.namespace = Namespace(f"{name}-namespace", NamespaceArgs(args.namespace), child).name
        guarded = NetworkPolicies(
            f"{name}-policies", NetworkPoliciesArgs(self.namespace, _workloads(args.services), args.surroundings), child
        ).policies
        quota = Quota(f"{name}-quota", QuotaArgs(self.namespace, args.services), child)
        settings = Settings(f"{name}-settings", SettingsArgs(self.namespace, args.settings), child)
        used = {store for service in args.services.values() for store in service.uses}
        secrets = {store: secret for store in Store if store in used and (secret := self._secret(store))}
        database = self._database(secrets, guarded)
        addresses = {
            service: cluster_ip_service(f"{name}-{service}", service, self.namespace, stanza, child)
            for service, stanza in args.services.items()
        }
        ingress = Ingress(
            f"{name}-ingress",
            IngressArgs(
                namespace=self.namespace,
                backends={
                    host: Backend(addresses[service], args.services[service].port)
                    for host, service in args.hosts.items()
                },
                load_balancer=args.load_balancer,
                allowed_cidrs=args.allowed_cidrs,
                after=args.entrance,
            ),
            child,
        )
        for service, stanza in args.services.items():
            mine = [secrets[store] for store in stanza.uses if store in secrets]
            role = args.roles[service]
            prepared = Prepared([], [])
            if database and Store.DATABASE in stanza.uses:
                prepared = database.prepare(service, stanza, settings.config_map)
            WebService(
                f"{name}-{service}",
                WebServiceArgs(
                    service=service,
                    namespace=self.namespace,
                    settings=stanza,
                    role_arn=role.arn,
                    environment={
                        "KEEP_ALIVE_TIMEOUT": str(args.load_balancer.keep_alive_milliseconds),
                        **{
                            address_variable(callee): f"http://{callee}:{args.services[callee].port}"
                            for callee in stanza.calls
                        },
                    },
                    config_map=settings.config_map,
                    secrets=[secret.target for secret in mine],
                    init_containers=prepared.init_containers,
                    after=[ingress, *quota.resources, *guarded, *role.grants, *prepared.after],
                ),
                child,
            )
            if args.prometheus and stanza.metrics_path:
                service_monitor(
                    f"{name}-{service}", service, self.namespace, stanza.metrics_path, args.prometheus, child
                )
            if args.recommender:
                recommendation(f"{name}-{service}", service, self.namespace, args.recommender, child)
        self.load_balancer_dns = ingress.load_balancer_dns
        self.register_outputs({"load_balancer_dns": self.load_balancer_dns})

    def _database(
        self, secrets: Mapping[Store, ExternalSecret], guarded: Sequence[pulumi.Resource]
    ) -> ShopDatabase | None:
        """What the database needs before the services that use it. Nothing, if none does."""
        if Store.DATABASE not in secrets:
            return None
        return ShopDatabase(
            f"{self._name}-database",
            ShopDatabaseArgs(
                namespace=self.namespace,
                database=self._args.database,
                client_image=self._args.database_client,
                application_secret=secrets[Store.DATABASE].target,
                secret_store=self._args.secret_store,
                after=guarded,
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _secret(self, store: Store) -> ExternalSecret | None:
        """The Secret that stands for the store, unless nobody put anything into it."""
        keys = variables(store, self._args.api_keys)
        if not keys:
            return None
        return ExternalSecret(
            f"{self._name}-{SECRET_NAMES[store].removeprefix('openmarket-')}",
            ExternalSecretArgs(
                namespace=self.namespace,
                secret_name=SECRET_NAMES[store],
                source=self._args.secrets[store],
                keys=keys,
                after=self._args.secret_store,
            ),
            pulumi.ResourceOptions(parent=self),
        )


def _workloads(services: Mapping[str, ServiceConfig]) -> list[Workload]:
    """Services, and the Jobs that prepare the database for them."""
    pods = [
        Workload(
            name,
            service.port,
            public=bool(service.hosts),
            calls=service.calls,
            stores=[store for store in service.uses if store in (Store.DATABASE, Store.CACHE)],
            internet=service.internet,
            scraped=bool(service.metrics_path),
        )
        for name, service in services.items()
    ]
    migrations = [migration_name(name) for name, service in services.items() if service.migrates_by_job]
    users = [DATABASE_USERS] if use(Store.DATABASE, services) else []
    return pods + [Workload(job, stores=[Store.DATABASE]) for job in [*users, *migrations]]
