"""The shop in its cluster: namespace, services, and the load balancer in front of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.addons.aws_load_balancer_controller import AwsLoadBalancerController
from components.addons.parts import WatchedService
from components.config import DeployedConfig, ServiceConfig, Use, WebConfig
from components.config.application import address_variable
from components.config.maintenance import page
from components.config.services import SHOP_SCHEMA, only, schemas, use
from components.config.uses import WITH_SECRET
from components.context import StackContext
from components.data.credentials import NamedSecret, StoredSecret
from components.data.stores import Stores
from components.edge.public_ingress import PublicIngress
from components.iam.identity import ServiceAccountRole
from components.platform.addons import Addons
from components.platform.external_secret import ExternalSecret, ExternalSecretArgs
from components.workloads.classes import classes
from components.workloads.flows import NetworkContext
from components.workloads.ingress import Ingress, IngressArgs
from components.workloads.ingress_rules import Backend
from components.workloads.load_balancer_lookup import load_balancer_of
from components.workloads.namespace import Namespace, NamespaceArgs
from components.workloads.network_policies import NetworkPolicies, NetworkPoliciesArgs
from components.workloads.placement import Placement
from components.workloads.pod import Environment, selector_labels
from components.workloads.quota import Quota, QuotaArgs
from components.workloads.service import cluster_ip_service
from components.workloads.service_context import KedaContext, ServiceContext
from components.workloads.services import create_service
from components.workloads.settings import Settings, SettingsArgs
from components.workloads.shop_database import Prepared, ShopDatabase, ShopDatabaseArgs
from components.workloads.store_secrets import DATABASE_KEYS, SECRET_NAMES, own_secret, schema_secret, variables
from components.workloads.workloads import workloads


@dataclass(frozen=True)
class ShopArgs:
    """Inputs of `Shop`."""

    context: StackContext
    services: Mapping[str, ServiceConfig]
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
        self._web = only(WebConfig, args.services)
        self.namespace = Namespace(f"{name}-namespace", NamespaceArgs(args.context.prefix), self._child).name
        policies = NetworkPolicies(
            f"{name}-policies",
            NetworkPoliciesArgs(self.namespace, workloads(args.services), args.network),
            self._child,
        ).policies
        quota = Quota(f"{name}-quota", QuotaArgs(self.namespace, args.services), self._child)
        self._settings = Settings(f"{name}-settings", SettingsArgs(self.namespace, args.variables), self._child)
        used = [each for each in WITH_SECRET if use(each, args.services)]
        self._secrets = {each: secret for each in used if (secret := self._secret(each))}
        self._schemas = {schema: self._schema_secret(schema) for schema in schemas(args.services)}
        self._database = self._prepared_database(policies)
        self._prepared: dict[str, Prepared] = {}
        ingress = self._ingress()
        self.load_balancer_dns = ingress.load_balancer_dns
        self.load_balancer = load_balancer_of(args.context.cluster_name, self.namespace, self.load_balancer_dns)
        found = classes(name, args.services, args.context, args.addons, self)
        for service in args.services:
            self._service(service, [ingress.ingress, *quota.resources, *policies, *found])
        self.register_outputs({"load_balancer_dns": self.load_balancer_dns})

    def _ingress(self) -> Ingress:
        args, edge = self._args, self._args.ingress
        addresses = {
            service: cluster_ip_service(f"{self._name}-{service}", service, self.namespace, stanza, self._child)
            for service, stanza in self._web.items()
        }
        return Ingress(
            f"{self._name}-ingress",
            IngressArgs(
                namespace=self.namespace,
                rules=edge.settings.rules,
                backends={name: Backend(address, self._web[name].port) for name, address in addresses.items()},
                page=page(edge.settings.ingress.maintenance.message),
                load_balancer=edge.load_balancer,
                controller=args.addons.installed[AwsLoadBalancerController].done,
            ),
            self._child,
        )

    def _service(self, service: str, depends_on: Sequence[pulumi.Resource]) -> None:
        args, stanza, name = self._args, self._args.services[service], f"{self._name}-{service}"
        prepared = self._prepare(service)
        # A release moves all that runs the image: what the schema must be for it, it is for them too.
        owners = self._prepare(stanza.image_of).depends_on if stanza.image_of and prepared.init_containers else ()
        secrets = [self._secrets[store].target for store in stanza.uses if store in self._secrets]
        if stanza.database:
            secrets.append(self._schemas[stanza.database.name])
        if own := args.stores.own_secrets.get(service):
            secrets.append(self._external(own_secret(service), own, {key: key for key in own.keys}).target)
        create_service(
            name,
            stanza,
            ServiceContext(
                service=service,
                namespace=self.namespace,
                protected=args.context.protected,
                role_arn=args.roles[service].arn,
                environment=Environment(self._variables(stanza), self._settings.config_map, secrets),
                init_containers=prepared.init_containers,
                placement=Placement.of(stanza, args.addons.cluster),
                keda=args.addons.keda and KedaContext(args.addons.keda, args.context, self.load_balancer),
                depends_on=[*depends_on, *prepared.depends_on, *owners],
            ),
            self._child,
        )
        if isinstance(stanza, DeployedConfig):
            path = stanza.metrics_path if isinstance(stanza, WebConfig) else ""
            watched = WatchedService(name, service, self.namespace, selector_labels(service), path)
            args.addons.for_service(watched, self._child)

    def _variables(self, stanza: ServiceConfig) -> Mapping[str, str]:
        """What the program tells one service only."""
        found = {address_variable(callee): self._web[callee].address(callee) for callee in stanza.calls}
        found |= {"QUEUE_URL": stanza.queue.url} if isinstance(stanza, DeployedConfig) and stanza.queue else {}
        if isinstance(stanza, WebConfig):
            found["KEEP_ALIVE_TIMEOUT"] = str(self._args.ingress.load_balancer.keep_alive_milliseconds)
        return found

    def _prepare(self, service: str) -> Prepared:
        """What has to be done to the database before the service runs; done once for each."""
        stanza = self._args.services[service]
        if not (self._database and stanza.used_schema):
            return Prepared()
        if service not in self._prepared:
            placement = Placement.of(stanza, self._args.addons.cluster)
            self._prepared[service] = self._database.prepare(service, stanza, self._settings.config_map, placement)
        return self._prepared[service]

    def _prepared_database(self, policies: Sequence[pulumi.Resource]) -> ShopDatabase | None:
        """The database's users and schemas, or None if no service uses the database."""
        if not self._schemas:
            return None
        return ShopDatabase(
            f"{self._name}-database",
            ShopDatabaseArgs(
                namespace=self.namespace,
                database=self._args.stores.database,
                application_secrets=self._schemas,
                users=self._args.stores.schemas,
                store=self._args.addons.secret_store,
                depends_on=policies,
            ),
            self._child,
        )

    def _secret(self, what: Use) -> ExternalSecret | None:
        """The Secret with its credentials, or None if it would have no keys."""
        stores = self._args.stores
        keys = variables(what, stores.api_keys.keys)
        return self._external(SECRET_NAMES[what], stores.secrets[what], keys) if keys else None

    def _schema_secret(self, schema: str) -> pulumi.Output[str]:
        """The Secret of the user with which services use a schema of the database."""
        if schema == SHOP_SCHEMA:
            return self._secrets[Use.DATABASE].target
        source = self._args.stores.schemas[schema].application
        return self._external(schema_secret(schema, "app"), source, DATABASE_KEYS).target

    def _external(
        self, secret_name: str, source: StoredSecret | NamedSecret, keys: Mapping[str, str]
    ) -> ExternalSecret:
        return ExternalSecret(
            f"{self._name}-{secret_name.removeprefix('openmarket-')}",
            ExternalSecretArgs(self.namespace, secret_name, source, keys, self._args.addons.secret_store),
            self._child,
        )
