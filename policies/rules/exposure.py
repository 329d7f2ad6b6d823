"""Checks what is reachable from outside of the account or the VPC."""

from collections.abc import Iterator

from analysis.breadth import is_everybody
from analysis.iam_documents import statements
from policies.resources import Resource, Stack, Values
from policies.rule import Level, Rule, StackRule, Violation

PUBLIC_PORTS = {80, 443}
"""Ports that may be open to everybody: those of the load balancer."""

_WAYS_OUT = ("gatewayId", "natGatewayId", "egressOnlyGatewayId")
"""Properties of a route that lead to the internet."""

_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_ACLS = ("aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketV2:BucketV2", "aws:s3/bucket:Bucket")
_RESOURCE_POLICIES = (
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:s3/bucketV2:BucketV2",
    "aws:s3/bucket:Bucket",
    "aws:kms/key:Key",
    "aws:kms/keyPolicy:KeyPolicy",
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sqs/queue:Queue",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:secretsmanager/secretPolicy:SecretPolicy",
    "aws:ecr/repositoryPolicy:RepositoryPolicy",
)
"""Types whose property `policy` is a resource policy."""


def access_block_complete(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each setting of a public access block that is not on."""
    for setting in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"):
        if resource.props.get(setting) is not True:
            yield Violation(f"{setting} is not set", f"{setting}: true")


def bucket_access_block(bucket: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for a bucket without a public access block."""
    if not stack.belonging(_ACCESS_BLOCK, "bucket", bucket):
        yield Violation("a policy or an ACL could make it public", "a BucketPublicAccessBlock", bucket)


def resource_policy_closed(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each statement that allows everybody an action, and for a public ACL."""
    acl = str(resource.props.get("acl", "")) if resource.type in _ACLS else ""
    if acl.startswith("public-") or acl == "authenticated-read":
        yield Violation(f"its ACL is {acl}", "acl: private")
    if resource.type not in _RESOURCE_POLICIES:
        return
    for statement in statements(resource.props.get("policy")):
        if statement.allows and statement.everybody and not statement.limits_principals:
            right = "a condition on the principal" if statement.condition else "a condition"
            yield Violation(f"everybody may {', '.join(statement.actions)}", f"named principals, or {right}")


def database_private(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a database with a public address."""
    if resource.props.get("publiclyAccessible") is True:
        yield Violation("it has a public address", "publiclyAccessible: false")


def security_group_closed(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each ingress rule that opens a port other than the load balancer's to everybody."""
    if resource.type == "aws:ec2/securityGroup:SecurityGroup":
        rules = list(resource.props.objects("ingress"))
    elif resource.props.get("type", "ingress") == "ingress":
        rules = [resource.props]
    else:
        rules = []
    for rule in rules:
        if is_everybody(_sources(rule)) and not _is_public(rule):
            yield Violation(
                f"everybody may reach {_ports(rule)}", "a security group or a narrower CIDR as source; TCP 80 or 443"
            )


def _is_public(rule: Values) -> bool:
    # AWS ignores the ports of a rule that allows every protocol.
    if str(rule.get("ipProtocol", rule.get("protocol"))).lower() not in {"tcp", "6"}:
        return False
    first, last = (float(rule.get(key) or 0) for key in ("fromPort", "toPort"))
    return first == last and first in PUBLIC_PORTS


def _sources(rule: Values) -> Iterator[str]:
    for single in ("cidrIpv4", "cidrIpv6"):
        if single in rule:
            yield rule[single]
    for many in ("cidrBlocks", "ipv6CidrBlocks"):
        yield from rule.get(many) or ()


def _ports(rule: Values) -> str:
    protocol = str(rule.get("ipProtocol", rule.get("protocol")))
    first, last = rule.get("fromPort"), rule.get("toPort")
    if first is None or protocol == "-1":
        return "every port"
    first, last = (f"{float(port or 0):g}" for port in (first, last))
    return f"{protocol} port {first}" if first == last else f"{protocol} ports {first} to {last}"


def default_group_empty(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a default security group with rules, as it applies wherever no group is named."""
    if resource.props.get("ingress") or resource.props.get("egress"):
        yield Violation("the VPC's default security group has rules", "no ingress and no egress")


def endpoint_restricted(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a Kubernetes API endpoint that is open to everybody, or has no private access."""
    network = resource.props.inner("vpcConfig")
    if network.get("endpointPublicAccess", True) is True:
        cidrs = network.get("publicAccessCidrs")
        if not cidrs or is_everybody(cidrs):
            yield Violation(
                "everybody can reach the Kubernetes API", "publicAccessCidrs: the networks that you deploy from"
            )
    if network.get("endpointPrivateAccess") is not True:
        yield Violation("nodes leave the VPC to reach the Kubernetes API", "endpointPrivateAccess: true")


def store_isolated(group: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for a database's or cache's subnet group with a subnet that has a route to the internet."""
    subnets = set(group.references.get("subnetIds", ()))
    for association in stack.of("aws:ec2/routeTableAssociation:RouteTableAssociation"):
        # A subnet's id may also come from its association, where the program waits for the route.
        if not subnets & {association.urn, *association.references.get("subnetId", ())}:
            continue
        tables = set(association.references.get("routeTableId", ()))
        for route in stack.of("aws:ec2/route:Route"):
            ways = {kind for kind in _WAYS_OUT if kind in route.references}
            if ways and tables & set(route.references.get("routeTableId", ())):
                yield Violation(
                    f"subnets of {association.name} have a route to the internet",
                    "subnets without a route out of the VPC",
                    group,
                )


def subnet_private(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a subnet that assigns public addresses by default."""
    if resource.props.get("mapPublicIpOnLaunch") is True:
        yield Violation("instances in it get a public address by default", "mapPublicIpOnLaunch: false")


def metadata_protected(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for nodes whose credentials a pod can read from the instance metadata service."""
    options = resource.props.inner("metadataOptions")
    if options.get("httpTokens") != "required":
        yield Violation("instance metadata is served without a session token", "metadataOptions.httpTokens: required")
    if options.get("httpPutResponseHopLimit") != 1:
        yield Violation("pods can reach the instance metadata", "metadataOptions.httpPutResponseHopLimit: 1")


RULES = (
    Rule(
        "access-block-complete", "Public access blocks have all four settings on", ("FSBP S3.8",),
        Level.ALWAYS, (_ACCESS_BLOCK,), access_block_complete,
    ),
    StackRule(
        "bucket-access-block", "Buckets have a public access block", ("FSBP S3.8",),
        Level.ALWAYS, ("aws:s3/bucket:Bucket",), bucket_access_block,
    ),
    Rule(
        "resource-policy-closed", "Resource policies do not allow principal `*`",
        ("FSBP S3.2", "FSBP S3.3", "FSBP KMS.5"), Level.ALWAYS,
        tuple(dict.fromkeys((*_RESOURCE_POLICIES, *_ACLS))), resource_policy_closed,
    ),
    Rule(
        "database-private", "Databases have no public address", ("FSBP RDS.2",), Level.ALWAYS,
        ("aws:rds/clusterInstance:ClusterInstance", "aws:rds/instance:Instance"), database_private,
    ),
    StackRule(
        "store-isolated", "Databases and caches are in subnets without a route to the internet", ("FSBP RDS.46",),
        Level.ALWAYS, ("aws:rds/subnetGroup:SubnetGroup", "aws:elasticache/subnetGroup:SubnetGroup"), store_isolated,
    ),
    Rule(
        "security-group-closed", "Only TCP ports 80 and 443 are open to everybody", ("FSBP EC2.18", "FSBP EC2.19"),
        Level.ALWAYS,
        (
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "aws:ec2/securityGroupRule:SecurityGroupRule",
            "aws:ec2/securityGroup:SecurityGroup",
        ),
        security_group_closed,
    ),
    Rule(
        "default-group-empty", "The default security group has no rules", ("FSBP EC2.2",),
        Level.ALWAYS, ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",), default_group_empty,
    ),
    Rule(
        "endpoint-restricted", "The Kubernetes API endpoint is not open to everybody", ("FSBP EKS.1", "CIS EKS 5.4.1"),
        Level.ALWAYS, ("aws:eks/cluster:Cluster",), endpoint_restricted,
    ),
    Rule(
        "subnet-private", "Subnets assign no public addresses by default", ("FSBP EC2.15",),
        Level.ALWAYS, ("aws:ec2/subnet:Subnet",), subnet_private,
    ),
    Rule(
        "metadata-protected", "Pods cannot read their node's credentials", ("FSBP EC2.170",),
        Level.ALWAYS, ("aws:ec2/launchTemplate:LaunchTemplate",), metadata_protected,
    ),
)  # fmt: skip
