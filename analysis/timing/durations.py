"""Seconds that AWS and the cluster take for a resource, to project how long an operation takes there.

The figures are medians of logs of real deployments that people published with issues and articles. Those that a comment
calls assumed have no such log: they are inferred from similar resources or from AWS's documentation. A real operation
takes longer by the round trips between engine and providers, and AWS varies by a third in both directions.
"""

from collections.abc import Mapping

from analysis.preview import State

_OTHER = 1.0
"""Seconds for each other resource: roles, rules, policies, routes, log groups and objects of Kubernetes."""

CREATE: Mapping[str, float] = {
    "aws:eks/cluster:Cluster": 608,
    "aws:eks/nodeGroup:NodeGroup": 119,
    "aws:ec2/natGateway:NatGateway": 106,
    "aws:ec2/eip:Eip": 6,
    "aws:ec2/vpc:Vpc": 8,
    "aws:ec2/subnet:Subnet": 10,
    "aws:ec2/routeTable:RouteTable": 2,
    "aws:ec2/vpcEndpoint:VpcEndpoint": 6,
    "aws:ec2/securityGroup:SecurityGroup": 3,
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 2,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": 2,
    "aws:kms/key:Key": 23,
    "aws:rds/cluster:Cluster": 43,
    "aws:rds/clusterInstance:ClusterInstance": 381,
    "aws:elasticache/replicationGroup:ReplicationGroup": 420,
    "aws:s3/bucket:Bucket": 9,
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": 62,
    "aws:cloudfront/distribution:Distribution": 216,
    "aws:acm/certificateValidation:CertificateValidation": 61,
    "aws:route53/record:Record": 33,
    "aws:wafv2/webAcl:WebAcl": 2,
    "aws:secretsmanager/secret:Secret": 2,
    # From the load balancer's request until it is active; the controller's own part is 5 s (assumed).
    "kubernetes:networking.k8s.io/v1:Ingress": 147,
    "kubernetes:helm.sh/v3:Release": 45,
    # Pull of an image, start, and a readiness gate that waits for a healthy target (assumed).
    "kubernetes:apps/v1:Deployment": 60,
    "kubernetes:batch/v1:Job": 30,
    "kubernetes:external-secrets.io/v1:ExternalSecret": 5,
}
DELETE: Mapping[str, float] = {
    "aws:eks/cluster:Cluster": 120,
    "aws:eks/nodeGroup:NodeGroup": 380,
    "aws:eks/addon:Addon": 9,
    "aws:ec2/natGateway:NatGateway": 52,
    "aws:ec2/eip:Eip": 5,
    "aws:rds/cluster:Cluster": 63,
    "aws:rds/clusterInstance:ClusterInstance": 300,  # assumed
    "aws:elasticache/replicationGroup:ReplicationGroup": 300,  # assumed
    "aws:cloudfront/distribution:Distribution": 300,
    "kubernetes:networking.k8s.io/v1:Ingress": 153,
    "kubernetes:helm.sh/v3:Release": 10,  # assumed
    "kubernetes:apps/v1:Deployment": 30,  # the drain of the pods (assumed)
}
_ADDONS: Mapping[str, float] = {
    "vpc-cni": 35,
    "coredns": 15,
    "kube-proxy": 25,
    "aws-ebs-csi-driver": 46,
    "amazon-cloudwatch-observability": 60,  # assumed
}
_ADDON = "aws:eks/addon:Addon"
_RUN_ON_NODES = (
    "kubernetes:helm.sh/v3:Release", "kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:Job",
)  # fmt: skip
"""Types that are ready when their pods are, so that they wait for nodes even if the engine does not."""


def creating(state: State) -> float:
    """Return the seconds for creating the resource; 0 for a component or a provider, which AWS knows nothing of."""
    if not _real(state):
        return 0
    if state.type == _ADDON:
        return _ADDONS.get(str(state.inputs.get("addonName", "")), 45)
    return CREATE.get(state.type, _OTHER)


def deleting(state: State) -> float:
    """Return the seconds for deleting the resource; 0 for a component or a provider."""
    return DELETE.get(state.type, _OTHER) if _real(state) else 0


def waits_for_nodes(state: State) -> bool:
    """Return whether the resource is ready only when pods run."""
    return state.type in _RUN_ON_NODES


def _real(state: State) -> bool:
    return state.custom and not state.external and not state.type.startswith("pulumi:")
