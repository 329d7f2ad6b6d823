"""Prices network resources: NAT gateways, addresses, endpoints, load balancers, CloudFront, WAF and Shield."""

from collections.abc import Iterator

from analysis.cost.model import HOURS, Line
from analysis.cost.stack import NotKnown, Rule, Stack, items, value
from analysis.preview import State

NAT_GATEWAY = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
FIREWALL = "aws:wafv2/webAcl:WebAcl"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
_SUBNETS = "alb.ingress.kubernetes.io/subnets"


def nat_gateway(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield the gateway's hours, and once the data that passes through all gateways."""
    yield stack.line(resource, "VPC", "natGateway", "NAT gateway", HOURS)
    if stack.first_of_its_type(resource):
        yield stack.line(stack.of(NAT_GATEWAY), "VPC", "natData", "Data through NAT", stack.usage.nat_gb)


def address(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield a public IPv4 address."""
    yield stack.line(resource, "VPC", "publicAddress", "Public IPv4 address", HOURS)


def endpoint(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield an interface endpoint's hours in each zone, and once the data of all; gateway endpoints are free."""
    interfaces = [each for each in stack.of(ENDPOINT) if value(each.inputs, "vpcEndpointType") == "Interface"]
    if resource not in interfaces:
        return
    if resource == interfaces[0]:
        yield stack.line(interfaces, "VPC", "endpointData", "Data through endpoints", stack.usage.endpoint_gb)
    zones = len(items(resource.inputs, "subnetIds"))
    yield stack.line(resource, "VPC", "interfaceEndpoint", f"Endpoint: {zones} zones", zones * HOURS)


def ingress(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield the load balancer that the controller creates for the Ingress: hours, LCUs, data out, addresses."""
    if value(resource.inputs, "spec", "ingressClassName") != "alb":
        return
    usage = stack.usage
    yield stack.line(resource, "Load balancing", "alb", "Application Load Balancer", HOURS)
    capacity = usage.load_balancer_units * HOURS
    what = f"Capacity: {usage.load_balancer_units:f} LCU on average"
    yield stack.line(resource, "Load balancing", "albCapacity", what, capacity)
    yield stack.line(resource, "Data transfer", "toInternet", "From the load balancer", usage.internet_gb)
    subnets = value(resource.inputs, "metadata", "annotations", _SUBNETS)
    if not subnets:
        raise NotKnown("the number of its public IPv4 addresses")
    count = len(subnets.split(","))
    what = f"Public IPv4 addresses: {count}, one per zone"
    yield stack.line(resource, "VPC", "publicAddress", what, count * HOURS)


def service(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield the load balancer of a Service of type LoadBalancer."""
    if value(resource.inputs, "spec", "type") == "LoadBalancer":
        yield stack.line(resource, "Load balancing", "nlb", "Load balancer of a Service", HOURS)


def distribution(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield once the data and requests that all distributions serve."""
    if stack.first_of_its_type(resource):
        together, usage = stack.of(DISTRIBUTION), stack.usage
        yield stack.line(together, "CloudFront", "data", "Data to browsers", usage.cdn_gb)
        yield stack.line(together, "CloudFront", "requests", "Requests", usage.cdn_million_requests)


def log_delivery(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield the delivery of access logs to a bucket."""
    yield stack.line(resource, "CloudFront", "logDelivery", "Delivery of access logs", 0)


def firewall(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield a web ACL with its rules, and once the requests that all web ACLs inspect."""
    if stack.first_of_its_type(resource):
        requests = stack.usage.firewall_million_requests
        yield stack.line(stack.of(FIREWALL), "WAF", "requests", "Requests", requests)
    yield stack.line(resource, "WAF", "acl", "Web access list", 1)
    count = len(items(resource.inputs, "rules"))
    yield stack.line(resource, "WAF", "rule", f"Rules: {count}", count)


def shield(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield the account's subscription to Shield Advanced."""
    yield stack.line(resource, "Shield", "subscription", "Shield Advanced, for the account", 1)


RULES: dict[str, Rule] = {
    NAT_GATEWAY: Rule("VPC", nat_gateway),
    ENDPOINT: Rule("VPC", endpoint),
    INGRESS: Rule("Load balancing", ingress),
    DISTRIBUTION: Rule("CloudFront", distribution),
    FIREWALL: Rule("WAF", firewall),
    "aws:ec2/eip:Eip": Rule("VPC", address),
    "aws:cloudwatch/logDelivery:LogDelivery": Rule("CloudFront", log_delivery),
    "aws:shield/subscription:Subscription": Rule("Shield", shield),
    "kubernetes:core/v1:Service": Rule("Load balancing", service),
}
