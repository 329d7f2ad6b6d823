"""OpenMarket on AWS, from the network to the load balancer, top to bottom."""

import pulumi
import pulumi_aws as aws

from components import config
from components.addons.addons import Addons, AddonsArgs
from components.addons.place import AddonPlace
from components.cluster import Cluster, ClusterArgs
from components.data.credentials import SecretPlace
from components.data.store_access import StorePlace
from components.data.stores import Stores, StoresArgs
from components.edge.cdn import MEDIA_PREFIX
from components.edge.dns import HostRecords, HostRecordsArgs
from components.edge.email import Email, EmailArgs
from components.edge.entrance import Entrance, EntranceArgs
from components.edge.static_site import StaticSite, StaticSiteArgs
from components.encryption import EncryptionKeys, EncryptionKeysArgs
from components.identity import ServiceAccountRole, ServiceAccountRoleArgs
from components.network import Network, NetworkArgs
from components.workloads.flows import surroundings
from components.workloads.shop import Shop, ShopArgs

stack = config.load()
account_id = aws.get_caller_identity_output().account_id

keys = EncryptionKeys(
    "encryption",
    EncryptionKeysArgs(stack.prefix, account_id, stack.region, stack.encryption.keys, stack.deletion_protection),
)
network = Network(
    "network",
    NetworkArgs(stack.prefix, stack.region, stack.network, stack.log_retention_days, keys.arns["logs"]),
)
cluster = Cluster(
    "cluster",
    ClusterArgs(
        cluster_name=stack.cluster_name,
        settings=stack.cluster,
        autoscaled=stack.addons.cluster_autoscaler.enabled,
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
        label=stack.prefix,
        secrets=SecretPlace(keys.arns["credentials"], stack.recovery_days),
        password_length=stack.credentials.password_length,
        protected=stack.deletion_protection,
        volumes_key_arn=keys.arns["volumes"],
        logs_key_arn=keys.arns["logs"],
        log_retention_days=stack.log_retention_days,
        tags=stack.tags,
    ),
    in_cluster,
)
services = {
    name: ServiceAccountRole(
        f"{name}-identity",
        ServiceAccountRoleArgs(cluster.oidc_provider_arn, cluster.oidc_issuer, stack.prefix, service_account=name),
    )
    for name in stack.services
}
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
        firewall=stack.firewall,
        log_retention_days=stack.log_retention_days,
        shield=stack.shield.enabled,
    ),
)

# Who may do what. This is all of it, apart from what the add-ons' own work takes.
stores.assets.serve(static_site.cdn.distribution_arn)
stores.uploads.serve(static_site.cdn.distribution_arn, MEDIA_PREFIX)
for secret in (*stores.secrets.values(), stores.database.master, stores.database.migration):
    secret.allow_read(addons.external_secrets)
for name, service_role in services.items():
    stores.logs[name].allow_write(service_role)
email = Email("email", EmailArgs(stack.email.domain, stack.hosted_zone_id)) if stack.email.domain else None
if backend := services.get(config.API):
    stores.uploads.allow_write(backend)
    stores.assets.allow_read(backend)
    for secret in stores.secrets.values():
        secret.allow_read(backend)
    if email:
        email.allow_send(backend)

entrance = Entrance(
    "entrance",
    EntranceArgs(
        label=stack.prefix,
        vpc_id=network.vpc_id,
        pods_security_group_id=cluster.security_group_id,
        ports=[service.port for service in stack.services.values() if service.hosts],
        hosts=list(stack.hosts),
        hosted_zone_id=stack.hosted_zone_id,
        ingress=stack.ingress,
        firewall=stack.firewall,
        shield=stack.shield,
        subnet_ids=list(network.public_subnet_ids.values()),
        log_bucket=stores.log_bucket,
        deletion_protection=stack.deletion_protection,
        log_retention_days=stack.log_retention_days,
        logs_key_arn=keys.arns["logs"],
    ),
)

shop = Shop(
    "shop",
    ShopArgs(
        namespace=stack.prefix,
        services=stack.services,
        hosts=stack.hosts,
        roles=services,
        settings={**stack.environment, **stores.settings, "CDN_URL": static_site.cdn.url},
        secrets={store: secret.reference for store, secret in stores.secrets.items()},
        api_keys=stack.credentials.api_keys,
        secret_store=[addons.secret_store, *addons.external_secrets.grants],
        database=stores.database,
        database_client=stack.database.client,
        surroundings=surroundings(stack.network, stack.cluster.service_cidr, monitoring=addons.monitoring),
        load_balancer=entrance.load_balancer,
        allowed_cidrs=stack.allowed_cidrs,
        entrance=[addons.load_balancer_controller, entrance],
        prometheus=addons.prometheus,
        recommender=addons.recommender,
    ),
    in_cluster,
)
if stack.hosted_zone_id:
    HostRecords("dns", HostRecordsArgs(list(stack.hosts), stack.hosted_zone_id, shop.load_balancer_dns))

outputs = {
    "alb_dns": shop.load_balancer_dns,
    "urls": stack.urls,
    "region": stack.region,
    "vpc_id": network.vpc_id,
    "cluster_name": cluster.cluster_name,
    "namespace": shop.namespace,
    "kubeconfig": cluster.kubeconfig,
    "database_endpoint": stores.database.endpoint,
    "database_reader_endpoint": stores.database.reader_endpoint,
    "redis_endpoint": stores.cache.endpoint,
    "uploads_bucket": stores.uploads.id,
    "assets_bucket": stores.assets.id,
    "cdn_domain": static_site.cdn.domain,
    "ecr_repositories": {name: repository.url for name, repository in stores.images.items()},
    "role_arns": {name: service_role.arn for name, service_role in (services | addons.roles).items()},
}
for name, value in outputs.items():
    pulumi.export(name, value)
