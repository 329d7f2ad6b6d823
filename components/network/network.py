"""The VPC with the subnets of load balancers, nodes and databases, and their routes; or the one that is named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.base.subnets import subnet_name
from components.config import Nat, NetworkConfig
from components.config.network import ExistingNetworkConfig
from components.context import StackContext
from components.network.flow_logs import FlowLogs, FlowLogsArgs
from components.network.vpc_endpoints import VpcEndpoints, VpcEndpointsArgs

_ANYWHERE = "0.0.0.0/0"
_PUBLIC_TAGS = {"kubernetes.io/role/elb": "1"}
_PRIVATE_TAGS = {"kubernetes.io/role/internal-elb": "1"}
"""Tags by which the load balancer controller finds subnets for internet-facing and for internal load balancers."""


@dataclass(frozen=True)
class NetworkArgs:
    """Inputs of `Network`."""

    context: StackContext
    settings: NetworkConfig


class Network(pulumi.ComponentResource):
    """Creates the VPC with an emptied default security group, and its flow logs.

    Per zone: a public subnet for load balancers, a private one for nodes and pods that reaches the internet through
    NAT, and a data subnet that reaches nothing outside the VPC. Endpoints let private subnets reach AWS without NAT.
    A single NAT gateway stands in the first zone.

    In an existing VPC it creates nothing: that one's owner decides on routes, gateways, endpoints and flow logs.
    """

    vpc_id: pulumi.Output[str]
    public_subnet_ids: Mapping[str, pulumi.Output[str]]
    """Public subnets by zone letter. Each is known once it has the route to the internet."""
    private_subnet_ids: Mapping[str, pulumi.Output[str]]
    """Private subnets by zone letter. The control plane needs no route; nodes and their pods also need `routes`."""
    data_subnet_ids: Mapping[str, pulumi.Output[str]]
    """Data subnets by zone letter."""
    nat_gateway_ids: Mapping[str, pulumi.Output[str]]
    """The stack's own NAT gateways by the letter of the zone that they are in; none in an existing VPC."""
    routes: Sequence[pulumi.Resource]
    """The routes of the private subnets through NAT, by which nodes pull images and pods reach AWS. An existing VPC's
    are there from the start."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:network:Network", name, {}, opts)
        self._name = name
        self._args = args
        if args.settings.existing:
            self._use(args.settings.existing)
        else:
            self._create()
        self.register_outputs({"vpc_id": self.vpc_id})

    def _use(self, existing: ExistingNetworkConfig) -> None:
        ids = existing.ids
        self.vpc_id = pulumi.Output.from_input(existing.vpc_id)
        self.public_subnet_ids = {zone: pulumi.Output.from_input(each.public) for zone, each in ids.items()}
        self.private_subnet_ids = {zone: pulumi.Output.from_input(each.private) for zone, each in ids.items()}
        self.data_subnet_ids = {zone: pulumi.Output.from_input(each.data) for zone, each in ids.items()}
        self.nat_gateway_ids, self.routes = {}, []

    def _create(self) -> None:
        context, settings, networks = self._args.context, self._args.settings, self._args.settings.networks
        self._vpc = aws.ec2.Vpc(
            f"{self._name}-vpc",
            cidr_block=str(networks.vpc[0]),
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=self._tags(),
            opts=self._child(),
        )
        aws.ec2.DefaultSecurityGroup(
            f"{self._name}-default-security-group",
            vpc_id=self._vpc.id,
            ingress=[],
            egress=[],
            tags=self._tags("default-unused"),
            opts=self._child(),
        )
        FlowLogs(f"{self._name}-flow-logs", FlowLogsArgs(context, self._vpc.id), self._child())

        subnets = networks.subnets
        public = {z: self._subnet("public", z, s.public, _PUBLIC_TAGS) for z, s in subnets.items()}
        private = {z: self._subnet("private", z, s.private, _PRIVATE_TAGS) for z, s in subnets.items()}
        data = {z: self._subnet("data", z, s.data, {}) for z, s in subnets.items()}

        self.public_subnet_ids = self._route_to_internet(public)
        gateways = self._nat_gateways(self.public_subnet_ids)
        self.nat_gateway_ids = {zone: gateway.id for zone, gateway in gateways.items()}
        private_tables = {zone: self._route_table(f"private-{zone}") for zone in private}
        routes: list[pulumi.Resource] = []
        for zone, table in private_tables.items():
            routes += [
                self._associate(f"private-{zone}", private[zone], table),
                aws.ec2.Route(
                    f"{self._name}-nat-route-{zone}",
                    route_table_id=table.id,
                    destination_cidr_block=_ANYWHERE,
                    nat_gateway_id=gateways.get(zone, gateways[settings.zones[0]]).id,
                    opts=self._child(),
                ),
            ]
        self.routes = routes
        data_table = self._route_table("data")
        for zone, subnet in data.items():
            self._associate(f"data-{zone}", subnet, data_table)

        self.vpc_id = self._vpc.id
        self.private_subnet_ids = {zone: subnet.id for zone, subnet in private.items()}
        self.data_subnet_ids = {zone: subnet.id for zone, subnet in data.items()}
        VpcEndpoints(
            f"{self._name}-endpoints",
            VpcEndpointsArgs(
                context=context,
                vpc_id=self.vpc_id,
                vpc_cidr=networks.vpc[0],
                route_table_ids=[table.id for table in private_tables.values()],
                subnet_ids=list(self.private_subnet_ids.values()),
                interfaces=settings.interface_endpoints,
            ),
            self._child(),
        )

    def _subnet(self, kind: str, zone: str, cidr: IPv4Network, tags: Mapping[str, str]) -> aws.ec2.Subnet:
        return aws.ec2.Subnet(
            f"{self._name}-{kind}-{zone}",
            vpc_id=self._vpc.id,
            cidr_block=str(cidr),
            availability_zone=f"{self._args.context.region}{zone}",
            tags={"Name": subnet_name(self._args.context.prefix, kind, zone), **tags},
            opts=self._child(),
        )

    def _route_to_internet(self, subnets: Mapping[str, aws.ec2.Subnet]) -> dict[str, pulumi.Output[str]]:
        gateway = aws.ec2.InternetGateway(
            f"{self._name}-internet-gateway", vpc_id=self._vpc.id, tags=self._tags(), opts=self._child()
        )
        table = self._route_table("public")
        route = aws.ec2.Route(
            f"{self._name}-internet-route",
            route_table_id=table.id,
            destination_cidr_block=_ANYWHERE,
            gateway_id=gateway.id,
            opts=self._child(),
        )
        # Associated only once the table leads somewhere, so that whoever gets a subnet's id from its association can
        # rely on the way out.
        associations = {
            zone: self._associate(f"public-{zone}", subnet, table, after=route) for zone, subnet in subnets.items()
        }
        return {zone: association.subnet_id.apply(str) for zone, association in associations.items()}

    def _nat_gateways(self, subnets: Mapping[str, pulumi.Output[str]]) -> dict[str, aws.ec2.NatGateway]:
        zones = self._args.settings.zones if self._args.settings.nat is Nat.PER_ZONE else self._args.settings.zones[:1]
        gateways: dict[str, aws.ec2.NatGateway] = {}
        for zone in zones:
            address = aws.ec2.Eip(
                f"{self._name}-nat-address-{zone}", domain="vpc", tags=self._tags(f"nat-{zone}"), opts=self._child()
            )
            gateways[zone] = aws.ec2.NatGateway(
                f"{self._name}-nat-{zone}",
                subnet_id=subnets[zone],
                allocation_id=address.id,
                tags=self._tags(f"nat-{zone}"),
                opts=self._child(),
            )
        return gateways

    def _route_table(self, kind: str) -> aws.ec2.RouteTable:
        return aws.ec2.RouteTable(
            f"{self._name}-{kind}-routes", vpc_id=self._vpc.id, tags=self._tags(kind), opts=self._child()
        )

    def _associate(
        self, kind: str, subnet: aws.ec2.Subnet, table: aws.ec2.RouteTable, after: pulumi.Resource | None = None
    ) -> aws.ec2.RouteTableAssociation:
        return aws.ec2.RouteTableAssociation(
            f"{self._name}-{kind}-association",
            subnet_id=subnet.id,
            route_table_id=table.id,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[after] if after else None),
        )

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _tags(self, what: str = "") -> dict[str, str]:
        return {"Name": f"{self._args.context.prefix}-{what}" if what else self._args.context.prefix}
