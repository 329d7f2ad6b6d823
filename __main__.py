"""OpenMarket on AWS, from the network to the load balancer, top to bottom."""

import pulumi
import pulumi_aws as aws

from components import config
from components.addons.addons import Addons, AddonsArgs
from components.addons.place import AddonPlace
from components.cluster import Cluster, ClusterArgs
from components.data.store_access import StorePlace
from components.data.stores import Stores, StoresArgs
from components.edge.cdn import MEDIA_PREFIX
from components.edge.email import Email, EmailArgs
from components.edge.load_balancer_security import LoadBalancerSecurity, LoadBalancerSecurityArgs
from components.edge.static_site import StaticSite, StaticSiteArgs
from components.encryption import EncryptionKeys, EncryptionKeysArgs
from components.identity import ServiceAccountRole, ServiceAccountRoleArgs
from components.network import Network, NetworkArgs
from components.workloads.ingress import Backend, Ingress, IngressArgs
from components.workloads.namespace import Namespace, NamespaceArgs
from components.workloads.web_service import WebService, WebServiceArgs, cluster_ip_service

stack = config.load()
account_id = aws.get_caller_identity_output().account_id

keys = EncryptionKeys(
    "encryption",
    EncryptionKeysArgs(stack.prefix, account_id, stack.region, stack.encryption.keys, stack.deletion_protection),
)
network = Network(
    "network",
    NetworkArgs(
        label=stack.prefix,
        region=stack.region,
        cidr=stack.network.cidr,
        zones=stack.network.zones,
        nat=stack.network.nat,
        interface_endpoints=stack.network.interface_endpoints,
        flow_log_retention_days=stack.log_retention_days,
        logs_key_arn=keys.arns["logs"],
    ),
)
cluster = Cluster(
    "cluster",
    ClusterArgs(
        cluster_name=f"{stack.prefix}-eks",
        settings=stack.cluster,
        vpc_id=network.vpc_id,
        private_subnet_ids=network.private_subnet_ids,
        routes=network.routes,
        secrets_key_arn=keys.arns["cluster"],
        logs_key_arn=keys.arns["logs"],
        log_retention_days=stack.log_retention_days,
        deletion_protection=stack.deletion_protection,
        tags=stack.tags,
    ),
)
in_cluster = pulumi.ResourceOptions(provider=cluster.provider)
addons = Addons(
    "addons",
    AddonsArgs(
        place=AddonPlace(
            cluster_name=cluster.cluster_name,
            region=stack.region,
            oidc_provider_arn=cluster.oidc_provider_arn,
            oidc_issuer=cluster.oidc_issuer,
            ready=cluster.ready,
            replicas=stack.addons.replicas,
            repositories=stack.chart_repositories,
            versions=stack.cluster.addon_versions,
        ),
        settings=stack.addons,
        kubernetes_version=stack.cluster.version,
        vpc_id=network.vpc_id,
        secret_namespaces=[stack.prefix],
        volumes_key_arn=keys.arns["volumes"],
        logs_key_arn=keys.arns["logs"],
        log_retention_days=stack.log_retention_days,
        tags=stack.tags,
    ),
    in_cluster,
)


def role(name: str, namespace: str, service_account: str) -> ServiceAccountRole:
    """A role for one service account. It may do nothing yet."""
    args = ServiceAccountRoleArgs(cluster.oidc_provider_arn, cluster.oidc_issuer, namespace, service_account)
    return ServiceAccountRole(f"{name}-identity", args)


# The backend's place is ready before its pods are.
services = {name: role(name, stack.prefix, name) for name in sorted({"backend-api", *stack.services})}
backend = services["backend-api"]

stores = Stores(
    "data",
    StoresArgs(
        label=stack.prefix,
        stack=stack.stack,
        account_id=account_id,
        region=stack.region,
        zones=[f"{stack.region}{zone}" for zone in stack.network.zones],
        place=StorePlace(network.vpc_id, list(network.data_subnet_ids.values()), cluster.security_group_id),
        key_arns=keys.arns,
        database=stack.database,
        cache=stack.cache,
        credentials=stack.credentials,
        images=stack.images,
        services=list(services),
        upload_origins=stack.urls,
        old_version_days=stack.storage.old_version_days,
        log_retention_days=stack.log_retention_days,
        recovery_days=stack.recovery_days,
        protected=stack.deletion_protection,
        production=stack.production,
    ),
)
static_site = StaticSite(
    "static",
    StaticSiteArgs(
        label=stack.prefix,
        host=stack.static_host,
        hosted_zone_id=stack.hosted_zone_id,
        assets_domain=stores.assets.domain,
        uploads_domain=stores.uploads.domain,
        log_bucket=stores.log_bucket,
        page_origins=stack.urls,
        price_class=stack.cdn.price_class,
        firewall_requests=stack.firewall.requests_per_five_minutes if stack.firewall.enabled else None,
    ),
)

# Who may do what. This is all of it, apart from what the add-ons' own work takes.
stores.assets.serve(static_site.cdn.distribution_arn)
stores.uploads.serve(static_site.cdn.distribution_arn, MEDIA_PREFIX)
stores.uploads.allow_write(backend)
stores.assets.allow_read(backend)
for secret in (stores.database.application, stores.cache.credentials, stores.app_secrets, stores.api_keys):
    secret.allow_read(backend)
    secret.allow_read(addons.external_secrets)
stores.database.master.allow_read(addons.external_secrets)
stores.database.migration.allow_read(addons.external_secrets)
for name, service_role in services.items():
    stores.logs[name].allow_write(service_role)
if stack.email.domain:
    Email("email", EmailArgs(stack.email.domain, stack.hosted_zone_id)).allow_send(backend)

load_balancer = LoadBalancerSecurity(
    "load-balancer",
    LoadBalancerSecurityArgs(
        label=stack.prefix,
        vpc_id=network.vpc_id,
        pods_security_group_id=cluster.security_group_id,
        ports=[service.port for service in stack.services.values() if service.hosts],
    ),
)

# Services, then the Ingress, then the pods: only so do the first pods wait for their load balancer targets.
namespace = Namespace("shop", NamespaceArgs(stack.prefix), in_cluster)
in_namespace = pulumi.ResourceOptions(parent=namespace)
addresses = {
    name: cluster_ip_service(name, namespace.name, service, in_namespace) for name, service in stack.services.items()
}
public = {
    stack.host(label): Backend(addresses[name], service.port)
    for name, service in stack.services.items()
    for label in service.hosts
}
ingress = Ingress(
    "openmarket",
    IngressArgs(
        namespace=namespace.name,
        backends=public,
        subnet_ids=list(network.public_subnet_ids.values()),
        security_group_id=load_balancer.security_group_id,
        certificate_arn=stack.ingress.certificate_arn,
        after=[addons.load_balancer_controller, load_balancer],
    ),
    in_cluster,
)
for name, service in stack.services.items():
    needed = [ingress, *services[name].grants]
    WebService(name, WebServiceArgs(namespace.name, service, services[name].arn, after=needed), in_cluster)

pulumi.export("alb_dns", ingress.load_balancer_dns)
pulumi.export("urls", stack.urls)
pulumi.export("region", stack.region)
pulumi.export("vpc_id", network.vpc_id)
pulumi.export("cluster_name", cluster.cluster_name)
pulumi.export("namespace", namespace.name)
pulumi.export("kubeconfig", cluster.kubeconfig)
pulumi.export("database_endpoint", stores.database.endpoint)
pulumi.export("database_reader_endpoint", stores.database.reader_endpoint)
pulumi.export("redis_endpoint", stores.cache.endpoint)
pulumi.export("uploads_bucket", stores.uploads.id)
pulumi.export("assets_bucket", stores.assets.id)
pulumi.export("cdn_domain", static_site.cdn.domain)
pulumi.export("ecr_repositories", {name: repository.url for name, repository in stores.images.items()})
roles = services | addons.roles
pulumi.export("role_arns", {name: service_role.arn for name, service_role in roles.items()})
