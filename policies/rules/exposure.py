"""What can be reached from outside."""

from collections.abc import Iterator

from analysis.breadth import is_everybody
from analysis.iam_documents import statements
from policies.resources import Resource, Stack, Values
from policies.rule import Level, Rule, StackRule, Violation

PUBLIC_PORTS = {80, 443}
"""What everybody may reach: the load balancer's ports."""

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
    """Yield a violation for each way to make a bucket public that its access block leaves open."""
    for setting in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"):
        if resource.props.get(setting) is not True:
            yield Violation(f"{setting} is not set", f"{setting}: true")


def bucket_access_block(bucket: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for a bucket without an access block."""
    if not stack.belonging(_ACCESS_BLOCK, "bucket", bucket):
        yield Violation("a policy or an ACL could make it public", "a BucketPublicAccessBlock", bucket)


def resource_policy_closed(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each statement that lets everybody do something, and for an ACL that does."""
    acl = str(resource.props.get("acl", "")) if resource.type in _ACLS else ""
    if acl.startswith("public-") or acl == "authenticated-read":
        yield Violation(f"its ACL is {acl}", "acl: private")
    if resource.type not in _RESOURCE_POLICIES:
        return
    for statement in statements(resource.props.get("policy")):
        if statement.allows and statement.everybody and not statement.limits_who:
            right = "a condition on who asks" if statement.condition else "a condition"
            yield Violation(f"everybody may {', '.join(statement.actions)}", f"named principals, or {right}")


def database_private(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a database with a public address."""
    if resource.props.get("publiclyAccessible") is True:
        yield Violation("it has a public address", "publiclyAccessible: false")


def security_group_closed(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each rule that lets everybody reach other ports than the load balancer's."""
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
    # Where every protocol is let in, AWS does not look at the ports.
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
    """Yield a violation for a default security group with rules: whatever names no group gets this one."""
    if resource.props.get("ingress") or resource.props.get("egress"):
        yield Violation("the VPC's default security group has rules", "no ingress and no egress")


def endpoint_restricted(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a Kubernetes API that everybody can reach, or that nodes reach from outside only."""
    network = resource.props.inner("vpcConfig")
    if network.get("endpointPublicAccess", True) is True:
        cidrs = network.get("publicAccessCidrs")
        if not cidrs or is_everybody(cidrs):
            yield Violation("everybody can reach the Kubernetes API", "publicAccessCidrs: where you deploy from")
    if network.get("endpointPrivateAccess") is not True:
        yield Violation("nodes leave the VPC to reach the Kubernetes API", "endpointPrivateAccess: true")


def subnet_private(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a subnet that gives public addresses by itself."""
    if resource.props.get("mapPublicIpOnLaunch") is True:
        yield Violation("what starts in it gets a public address", "mapPublicIpOnLaunch: false")


def metadata_protected(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for nodes whose credentials a pod can get from the instance metadata service."""
    options = resource.props.inner("metadataOptions")
    if options.get("httpTokens") != "required":
        yield Violation("instance metadata is given without a session token", "metadataOptions.httpTokens: required")
    if options.get("httpPutResponseHopLimit") != 1:
        yield Violation("pods reach the instance metadata", "metadataOptions.httpPutResponseHopLimit: 1")


RULES = (
    Rule(
        "access-block-complete", "Bucket access blocks block everything", ("FSBP S3.8",),
        Level.ALWAYS, (_ACCESS_BLOCK,), access_block_complete,
    ),
    StackRule(
        "bucket-access-block", "Buckets block public access", ("FSBP S3.8",),
        Level.ALWAYS, ("aws:s3/bucket:Bucket",), bucket_access_block,
    ),
    Rule(
        "resource-policy-closed", "Resource policies let nobody in by `*`", ("FSBP S3.2", "FSBP S3.3", "FSBP KMS.5"),
        Level.ALWAYS, tuple(dict.fromkeys((*_RESOURCE_POLICIES, *_ACLS))), resource_policy_closed,
    ),
    Rule(
        "database-private", "Databases have no public address", ("FSBP RDS.2",), Level.ALWAYS,
        ("aws:rds/clusterInstance:ClusterInstance", "aws:rds/instance:Instance"), database_private,
    ),
    Rule(
        "security-group-closed", "Everybody reaches TCP ports 80 and 443 only", ("FSBP EC2.18", "FSBP EC2.19"),
        Level.ALWAYS,
        (
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            "aws:ec2/securityGroupRule:SecurityGroupRule",
            "aws:ec2/securityGroup:SecurityGroup",
        ),
        security_group_closed,
    ),
    Rule(
        "default-group-empty", "The default security group lets nothing through", ("FSBP EC2.2",),
        Level.ALWAYS, ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",), default_group_empty,
    ),
    Rule(
        "endpoint-restricted", "The Kubernetes API is not open to everybody", ("FSBP EKS.1", "CIS EKS 5.4.1"),
        Level.ALWAYS, ("aws:eks/cluster:Cluster",), endpoint_restricted,
    ),
    Rule(
        "subnet-private", "Subnets give no public addresses", ("FSBP EC2.15",),
        Level.ALWAYS, ("aws:ec2/subnet:Subnet",), subnet_private,
    ),
    Rule(
        "metadata-protected", "Nodes keep their credentials from pods", ("FSBP EC2.170",),
        Level.ALWAYS, ("aws:ec2/launchTemplate:LaunchTemplate",), metadata_protected,
    ),
)  # fmt: skip
