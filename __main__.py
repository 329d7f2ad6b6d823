"""OpenMarket on AWS, from the network to the load balancer, top to bottom."""

import pulumi

from components import config
from components.addons import aws_load_balancer_controller as alb_controller
from components.cluster import Cluster, ClusterArgs
from components.edge.load_balancer_security import LoadBalancerSecurity, LoadBalancerSecurityArgs
from components.encryption import EncryptionKey, EncryptionKeyArgs
from components.network import Network, NetworkArgs
from components.workloads.ingress import Backend, Ingress, IngressArgs
from components.workloads.namespace import Namespace, NamespaceArgs
from components.workloads.web_service import WebService, WebServiceArgs, cluster_ip_service

stack = config.load()

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
    ),
)
encryption = EncryptionKey("encryption", EncryptionKeyArgs(stack.prefix, f"Secrets of {stack.prefix}"))
cluster = Cluster(
    "cluster",
    ClusterArgs(
        cluster_name=f"{stack.prefix}-eks",
        settings=stack.cluster,
        vpc_id=network.vpc_id,
        private_subnet_ids=network.private_subnet_ids,
        routes=network.routes,
        secrets_key_arn=encryption.arn,
        log_retention_days=stack.log_retention_days,
        deletion_protection=stack.deletion_protection,
        tags=stack.tags,
    ),
)
in_cluster = pulumi.ResourceOptions(provider=cluster.provider)

controller = alb_controller.AwsLoadBalancerController(
    "alb-controller",
    alb_controller.AwsLoadBalancerControllerArgs(
        cluster_name=cluster.cluster_name,
        region=stack.region,
        vpc_id=network.vpc_id,
        oidc_provider_arn=cluster.oidc_provider_arn,
        oidc_issuer=cluster.oidc_issuer,
        after=cluster.ready,
        repository=stack.chart_repositories.get(alb_controller.CHART, alb_controller.REPOSITORY),
    ),
    in_cluster,
)
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
        after=[controller.release, load_balancer],
    ),
    in_cluster,
)
for name, service in stack.services.items():
    WebService(name, WebServiceArgs(namespace.name, service, after=[ingress]), in_cluster)

scheme = "https" if stack.ingress.certificate_arn else "http"
pulumi.export("alb_dns", ingress.load_balancer_dns)
pulumi.export("urls", [f"{scheme}://{host}" for host in public])
pulumi.export("region", stack.region)
pulumi.export("vpc_id", network.vpc_id)
pulumi.export("cluster_name", cluster.cluster_name)
pulumi.export("namespace", namespace.name)
pulumi.export("kubeconfig", cluster.kubeconfig)
