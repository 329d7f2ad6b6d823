"""How long something is away that is replaced, deleted or restarted.

Where AWS documents a time, the text says so; everything else is an estimate, made without having measured it.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Replacement:
    """What it means that a resource of a type goes and another one comes.

    Attributes:
        away: What is away meanwhile, if the old one goes first.
        first: How long, if the old one goes first.
        after: How long, if the new one comes first; empty: not at all.
        spare: How long, if it is deleted and another one of the type takes its work over; empty: none can.
        moves: Whether what ran on the old one moves to a new one that comes first: with a replica nothing is away.
    """

    away: str
    first: str
    after: str = ""
    spare: str = ""
    moves: bool = False


REPLACEMENTS: Mapping[str, Replacement] = {
    "aws:rds/cluster:Cluster": Replacement(
        "every request that needs the database", "15 to 30 min for an empty one, and the time to restore a "
        "snapshot (estimate)", "until data is copied and the pods have the new address",
    ),
    "aws:rds/clusterInstance:ClusterInstance": Replacement(
        "the database, if it is the writer", "under 1 min with a reader, up to 10 min without (AWS documentation)",
        "under 1 min (AWS documentation: failover)",
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": Replacement(
        "sessions and cache, with every customer logged out", "10 to 20 min (estimate)",
        "until pods have the new address",
    ),
    "aws:eks/cluster:Cluster": Replacement(
        "the whole shop with everything in the cluster", "30 to 60 min (estimate)", "30 to 60 min (estimate)",
    ),
    "aws:eks/nodeGroup:NodeGroup": Replacement(
        "every pod on the group", "5 to 15 min (estimate)", "no downtime with two replicas: pods move to the new nodes",
        moves=True,
    ),
    "aws:ec2/vpc:Vpc": Replacement(
        "the whole shop with everything in the network", "1 to 2 hours (estimate)", "1 to 2 hours (estimate)",
    ),
    "aws:ec2/subnet:Subnet": Replacement(
        "what is in the subnet", "10 to 60 min (estimate)", "10 to 60 min: what is in it has to move (estimate)",
    ),
    "aws:ec2/natGateway:NatGateway": Replacement(
        "requests from the pods to the internet", "2 to 5 min (estimate)", "seconds: open connections end (estimate)",
        spare="seconds: open connections end, and others go through a remaining gateway (estimate)",
    ),
    "aws:ec2/internetGateway:InternetGateway": Replacement("the whole shop", "1 to 5 min (estimate)"),
    "aws:ec2/route:Route": Replacement("traffic on the route", "seconds (estimate)"),
    "aws:ec2/eip:Eip": Replacement("requests to partners that know the old address", "until they know the new one",
                                   "until they know the new one", "none if they know the remaining ones"),
    "aws:cloudfront/distribution:Distribution": Replacement(
        "images and static files", "10 to 30 min (estimate)", "until DNS and pages have the new address",
    ),
    "aws:acm/certificate:Certificate": Replacement("HTTPS", "until the new one is validated"),
    "aws:route53/record:Record": Replacement("the host name", "seconds, and as long as resolvers remember (its TTL)"),
    "aws:wafv2/webAcl:WebAcl": Replacement("the firewall", "minutes (estimate)"),
    "kubernetes:networking.k8s.io/v1:Ingress": Replacement(
        "the whole shop", "3 to 10 min, until DNS has the new address (estimate)",
        "until DNS has the new address: minutes (estimate)",
    ),
    "kubernetes:apps/v1:Deployment": Replacement(
        "the service", "until new pods are ready: about 1 min (estimate)",
    ),
    "kubernetes:apps/v1:StatefulSet": Replacement("its pods", "1 to 5 min (estimate)"),
    "kubernetes:core/v1:Service": Replacement("the service", "seconds (estimate)"),
    "kubernetes:core/v1:Namespace": Replacement("everything in the namespace", "10 to 20 min (estimate)"),
    "kubernetes:helm.sh/v3:Release": Replacement("the add-on's work", "1 to 5 min (estimate)"),
    "pulumi:providers:kubernetes": Replacement("everything in the cluster", "30 to 60 min (estimate)"),
}  # fmt: skip
"""By type: what takes the shop or a part of it down. Types that are not here do not, alone."""


@dataclass(frozen=True)
class Restart:
    """What an update in place restarts.

    Attributes:
        needs: It does so only if one of these properties changes.
        what: What restarts, in a sentence.
        time: For how long something is away, in words.
        felt: Whether customers notice.
        waits: Whether it waits for the maintenance window, unless the resource has its changes applied at once.
    """

    needs: tuple[str, ...]
    what: str
    time: str
    felt: bool = True
    waits: bool = False


RESTARTS: Mapping[str, tuple[Restart, ...]] = {
    "aws:rds/cluster:Cluster": (
        Restart(("engineVersion",), "every instance restarts with the other engine version",
                "several minutes without a database (estimate)", waits=True),
        Restart(("port", "dbSubnetGroupName"), "the database moves", "minutes (estimate)", waits=True),
        Restart(("masterPassword",), "the administrator's password changes", "none", felt=False),
    ),
    "aws:rds/clusterInstance:ClusterInstance": (
        Restart(("instanceClass",), "the instance restarts with another class",
                "under 1 min with a reader, up to 10 min without (AWS documentation: failover)", waits=True),
    ),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": (
        Restart(("parameters",), "static parameters need a restart of the instances by hand",
                "none by itself", felt=False),
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        Restart(("nodeType",), "the nodes are exchanged",
                "stays online; seconds at the switch (AWS documentation: online scaling)", waits=True),
        Restart(("engine", "engineVersion"), "the nodes restart with another version",
                "seconds with a replica, minutes without (estimate)", waits=True),
    ),
    "aws:eks/cluster:Cluster": (
        Restart(("version",), "the control plane is upgraded; nodes follow", "none for the shop", felt=False),
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        Restart(("version", "releaseVersion", "launchTemplate"), "nodes are exchanged one after another",
                "none with two replicas: pods move", felt=False),
    ),
    "aws:eks/addon:Addon": (
        Restart(("addonVersion", "configurationValues"), "the add-on's pods restart one after another",
                "none", felt=False),
    ),
    "kubernetes:apps/v1:Deployment": (
        Restart(("spec.template",), "its pods are exchanged one after another",
                "none: new pods come first", felt=False),
    ),
    "kubernetes:helm.sh/v3:Release": (
        Restart(("values", "version", "chart"), "the add-on's pods restart", "none for the shop", felt=False),
    ),
}  # fmt: skip
"""By type: updates in place that something feels."""
