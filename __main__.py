"""OpenMarket on AWS, from the network to the load balancer, top to bottom."""

from collections.abc import Callable

import pulumi
import pulumi_aws as aws

from components import config
from components.addons.container_insights import ContainerInsights
from components.addons.prometheus import Prometheus
from components.alarms.alarms import Alarms, AlarmsArgs
from components.alarms.budget import Budget, BudgetArgs
from components.alarms.chat import Chat, ChatArgs
from components.alarms.cluster import Pods
from components.alarms.dashboard import Dashboard, DashboardArgs
from components.alarms.entry import Entry
from components.alarms.runs import Runs
from components.alarms.stores import Data
from components.alarms.topics import AlarmTopics, AlarmTopicsArgs
from components.alarms.watched import Watched
from components.cluster.cluster import Cluster, ClusterArgs
from components.config import Use
from components.config.alarms import WATCHDOG, chat_webhook_name, topic_name
from components.config.services import CronJobConfig, DeployedConfig, only
from components.context import StackContext
from components.data.stores import Stores, StoresArgs
from components.edge.dns import HostRecords, HostRecordsArgs
from components.edge.email import Email, EmailArgs
from components.edge.public_ingress import PublicIngress, PublicIngressArgs
from components.edge.static_site import StaticSite, StaticSiteArgs
from components.edge.zone import zone_provider_of
from components.encryption import EncryptionKeys, EncryptionKeysArgs
from components.iam import permissions
from components.iam.grants import AnyGrant, Grant
from components.iam.identity import ServiceAccountRole, ServiceAccountRoleArgs
from components.network.network import Network, NetworkArgs
from components.platform.addons import Addons, AddonsArgs
from components.workloads.flows import network_context
from components.workloads.shop import Shop, ShopArgs

stack = config.load()
account_id = aws.get_caller_identity_output().account_id
keys = EncryptionKeys(
    "encryption",
    EncryptionKeysArgs(stack.prefix, account_id, stack.region, stack.encryption.keys, stack.deletion_protection),
)
context = StackContext.of(stack, account_id, keys.arns)

alarm_topics = AlarmTopics("alarm-topics", AlarmTopicsArgs(context, stack.alarms, stack.addons.prometheus.enabled))
if stack.alarms.chat_webhook:
    Chat("chat", ChatArgs(context, alarm_topics.arns))
network = Network("network", NetworkArgs(context, stack.network))
cluster = Cluster("cluster", ClusterArgs(context, stack.cluster, network, stack.addons.cluster_autoscaler.enabled))
addons = Addons(
    "addons",
    AddonsArgs(
        context,
        cluster,
        network.vpc_id,
        stack.addons,
        stack.addons_for_services,
        stack.chart_repositories,
        stack.credentials.password_length,
        alarm_topics.all,
    ),
    cluster.in_cluster,
)

# The buckets' policies name the distribution, which in turn needs the buckets.
deferred: tuple[pulumi.Output[str], Callable[[pulumi.Output[str]], None]] = pulumi.deferred_output()
distribution_arn, distribution_created = deferred
stores = Stores(
    "data",
    StoresArgs(context, network, cluster, stack.data, stack.services, stack.urls, distribution_arn),
)
zone_provider = zone_provider_of("hosted-zone", stack.hosted_zone_role, context)
static_site = StaticSite("static", StaticSiteArgs(context, stack.edge, stores, zone_provider))
distribution_created(static_site.cdn.distribution_arn)
email_args = EmailArgs(stack.email.domain, stack.hosted_zone_id, zone_provider)
email = Email("email", email_args) if stack.email.domain else None

# What each word of a service's `uses` allows in AWS. The add-ons have their permissions in their own files. What all of
# it comes to is shown by `./openmarket ops access`.
allowed: dict[Use, list[AnyGrant]] = {
    **{use: [secret.read()] for use, secret in stores.secrets.items()},
    Use.UPLOADS: [stores.uploads.write()],
    Use.UPLOADS_READ: [stores.uploads.read()],
    Use.ASSETS: [stores.assets.read()],
    Use.ASSETS_WRITE: [stores.assets.write()],
    Use.MAIL: [email.send()] if email else [],
}
# And what a schema of the database of its own allows.
schemas = {schema: users.application.read() for schema, users in stores.schemas.items()}
# And what the queue that a service works on allows.
queues = {
    name: Grant("queue", permissions.queue_work(each.queue.arn, each.queue.key_arn))
    for name, each in only(DeployedConfig, stack.services).items()
    if each.queue
}
roles = {
    name: ServiceAccountRole(
        f"{name}-identity",
        ServiceAccountRoleArgs(
            cluster.oidc,
            stack.prefix,
            name,
            [
                stores.logs[name].write(),
                *(grant for use in service.uses for grant in allowed[use]),
                *([schemas[service.database.name]] if service.database else []),
                *([queues[name]] if name in queues else []),
            ],
        ),
    )
    for name, service in stack.services.items()
}

ingress = PublicIngress(
    "public-ingress", PublicIngressArgs(context, network, cluster, stack.edge, stores.access_logs.id, zone_provider)
)
shop = Shop(
    "shop",
    ShopArgs(
        context=context,
        services=stack.services,
        roles=roles,
        variables={**stack.environment, **stores.variables, "CDN_URL": static_site.cdn.url},
        stores=stores,
        addons=addons,
        ingress=ingress,
        network=network_context(stack.network.networks, stack.cluster.service_cidr, addons.monitoring),
    ),
    cluster.in_cluster,
)
own_records = {host: zone for host, zone in stack.edge.zones.items() if zone == stack.hosted_zone_id}
other_records = {host: zone for host, zone in stack.edge.zones.items() if zone != stack.hosted_zone_id}
if own_records:
    HostRecords("dns", HostRecordsArgs(own_records, shop.load_balancer_dns, zone_provider))
if other_records:
    HostRecords("other-dns", HostRecordsArgs(other_records, shop.load_balancer_dns))

insights = addons.installed.get(ContainerInsights)
watched = Watched(
    Entry(
        load_balancer=shop.load_balancer,
        services=sum(bool(service.hosts) for service in stack.web.values()),
        down_in_rollouts=any(service.hosts and service.volume for service in stack.web.values()),
        certificates=ingress.load_balancer.certificates,
        web_acl=ingress.firewall_metric,
        region=stack.region,
        latency_seconds=stack.alarms.latency_seconds,
        blocked_requests=stack.alarms.blocked_requests,
    ),
    Data(stores.database.identifier, stack.database, stores.cache.nodes, stack.cache),
    network.nat_gateway_ids,
    Pods(
        cluster.name,
        shop.namespace,
        only(DeployedConfig, stack.services),
        least_nodes=stack.cluster.least_nodes,
        most_nodes=stack.cluster.most_nodes,
        insights=insights.done,
    )
    if insights
    else None,
    Runs(cluster.name, stack.prefix, list(only(CronJobConfig, stack.services)), cluster),
    topic_name(stack.prefix, WATCHDOG) if WATCHDOG in alarm_topics.all else "",
    chat_webhook_name(stack.prefix) if stack.alarms.chat_webhook else "",
)
prometheus = addons.installed.get(Prometheus)
working = [shop, *([prometheus.done] if prometheus else [])]
alarms = Alarms("alarms", AlarmsArgs(stack.prefix, watched, alarm_topics.arns, stack.alarms.runbook, working))
Budget("money", BudgetArgs(stack.prefix, stack.cost.monthly_budget, stack.tags, alarm_topics.arns["warning"]))
Dashboard("overview", DashboardArgs(stack.prefix, stack.region, watched, alarms.arns, stack.cost.monthly_budget))

outputs = {
    "alb_dns": shop.load_balancer_dns,
    "urls": stack.urls,
    "region": stack.region,
    "vpc_id": network.vpc_id,
    "cluster_name": cluster.name,
    "namespace": shop.namespace,
    "kubeconfig": cluster.kubeconfig,
    "database_endpoint": stores.database.endpoint,
    "database_reader_endpoint": stores.database.reader_endpoint,
    "redis_endpoint": stores.cache.endpoint,
    "uploads_bucket": stores.uploads.id,
    "assets_bucket": stores.assets.id,
    "cdn_domain": static_site.cdn.domain,
    "ecr_repositories": {name: repository.url for name, repository in stores.images.items()},
    "alarm_topics": alarm_topics.arns,
    "role_arns": {name: role.arn for name, role in (roles | dict(addons.roles)).items()},
}
for name, value in outputs.items():
    pulumi.export(name, value)
