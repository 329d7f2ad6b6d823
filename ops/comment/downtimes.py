"""Downtimes of resources that are replaced, deleted or restarted.

Times from AWS documentation are marked as such; all others are estimates that were not measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.comment.properties import mapping


@dataclass(frozen=True)
class Replacement:
    """Describes the downtime when a resource of a type is replaced or deleted.

    Attributes:
        unavailable: What is unavailable meanwhile.
        delete_first: Duration if the old resource is deleted first.
        create_first: Duration if the new resource is created first; empty if there is no downtime.
        with_others: Duration if it is deleted and others of the type take over; empty if they cannot.
        migrates: True if workloads move to a new resource that is created first, without downtime if replicated.
    """

    unavailable: str
    delete_first: str
    create_first: str = ""
    with_others: str = ""
    migrates: bool = False


REPLACEMENTS: Mapping[str, Replacement] = {
    "aws:rds/cluster:Cluster": Replacement(
        "every request that needs the database", "15 to 30 min for an empty one, and the time to restore a "
        "snapshot (estimate)", "until the data is copied and the pods have the new address",
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
        "every pod of the node group", "5 to 15 min (estimate)",
        "no downtime with two replicas: pods move to the new nodes", migrates=True,
    ),
    "aws:ec2/vpc:Vpc": Replacement(
        "the whole shop with everything in the network", "1 to 2 hours (estimate)", "1 to 2 hours (estimate)",
    ),
    "aws:ec2/subnet:Subnet": Replacement(
        "everything in the subnet", "10 to 60 min (estimate)", "10 to 60 min, until everything has moved (estimate)",
    ),
    "aws:ec2/natGateway:NatGateway": Replacement(
        "requests from the pods to the internet", "2 to 5 min (estimate)", "seconds: open connections end (estimate)",
        with_others="seconds: open connections end, and new ones use a remaining gateway (estimate)",
    ),
    "aws:ec2/internetGateway:InternetGateway": Replacement("the whole shop", "1 to 5 min (estimate)"),
    "aws:ec2/route:Route": Replacement("traffic on the route", "seconds (estimate)"),
    "aws:ec2/eip:Eip": Replacement("requests to partners that allow the old address", "until they allow the new one",
                                   "until they allow the new one", "none if they allow the remaining ones"),
    "aws:cloudfront/distribution:Distribution": Replacement(
        "images and static files", "10 to 30 min (estimate)", "until DNS and pages have the new address",
    ),
    "aws:acm/certificate:Certificate": Replacement("HTTPS", "until the new one is validated"),
    "aws:route53/record:Record": Replacement("the host name", "seconds, and as long as resolvers cache it (its TTL)"),
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
    "kubernetes:helm.sh/v3:Release": Replacement("the add-on", "1 to 5 min (estimate)"),
    "pulumi:providers:kubernetes": Replacement("everything in the cluster", "30 to 60 min (estimate)"),
}  # fmt: skip
"""Downtimes by resource type. Types that are absent cause none by themselves."""


@dataclass(frozen=True)
class Restart:
    """Describes what an update in place restarts.

    Attributes:
        properties: Properties whose change causes the restart.
        what: What restarts, as a sentence.
        time: Duration of the downtime, as text.
        noticeable: True if customers notice it.
        final: True if there is no way back: neither another deployment nor AWS undoes it.
        deferrable: True if it waits for the maintenance window, unless changes are applied immediately.
    """

    properties: tuple[str, ...]
    what: str
    time: str
    noticeable: bool = True
    final: bool = False
    deferrable: bool = False


RESTARTS: Mapping[str, tuple[Restart, ...]] = {
    "aws:rds/cluster:Cluster": (
        Restart(("engineVersion",), "every instance restarts with the new engine version, and Aurora has no downgrade",
                "several minutes without a database (estimate)", final=True, deferrable=True),
        Restart(("port", "dbSubnetGroupName"), "the database moves", "minutes (estimate)", deferrable=True),
        Restart(("masterPassword",), "the administrator's password changes", "none", noticeable=False),
    ),
    "aws:rds/clusterInstance:ClusterInstance": (
        Restart(("instanceClass",), "the instance restarts with the new class",
                "under 1 min with a reader, up to 10 min without (AWS documentation: failover)", deferrable=True),
    ),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": (
        Restart(("parameters",), "static parameters need a manual restart of the instances",
                "none by itself", noticeable=False),
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        Restart(("nodeType",), "the nodes are replaced",
                "stays online; seconds at the switch (AWS documentation: online scaling)", deferrable=True),
        Restart(("engine", "engineVersion"), "the nodes restart with the new version",
                "seconds with a replica, minutes without (estimate)", deferrable=True),
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        Restart(("version", "releaseVersion", "launchTemplate"), "the nodes are replaced one after another",
                "none with two replicas: pods move", noticeable=False),
    ),
    "aws:eks/addon:Addon": (
        Restart(("addonVersion", "configurationValues"), "the add-on's pods restart one after another",
                "none", noticeable=False),
    ),
    "kubernetes:apps/v1:Deployment": (
        Restart(("spec.template",), "its pods are replaced one after another",
                "none: new pods start first", noticeable=False),
    ),
    "kubernetes:helm.sh/v3:Release": (
        Restart(("values", "version", "chart"), "the add-on's pods restart", "none for the shop", noticeable=False),
    ),
}  # fmt: skip
"""Restarts by resource type."""

_OF_ONE_POD = Restart(
    ("spec.template",), "its pod ends before the next one starts, as only one can have its volume",
    "until the next pod is ready",
)  # fmt: skip


def restarts(type_: str, inputs: Mapping[str, Any]) -> tuple[Restart, ...]:
    """Return the restarts of a resource of a type with these inputs."""
    strategy = mapping(mapping(inputs.get("spec")).get("strategy"))
    if mapping(strategy.get("rollingUpdate")).get("maxSurge") == 0:
        return (_OF_ONE_POD,)
    return RESTARTS.get(type_, ())
