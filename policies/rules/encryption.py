"""Checks encryption at rest and in transit."""

from collections.abc import Iterator, Sequence

from analysis.iam_documents import Statement, statements
from policies.resources import Resource, Stack, Values
from policies.rule import Level, Rule, StackRule, Violation

DATABASES = ("aws:rds/cluster:Cluster", "aws:rds/instance:Instance")
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"

_OWN_KEY = {
    "aws:secretsmanager/secret:Secret": "kmsKeyId",
    "aws:cloudwatch/logGroup:LogGroup": "kmsKeyId",
    "aws:rds/cluster:Cluster": "kmsKeyId",
    "aws:rds/instance:Instance": "kmsKeyId",
    CACHE: "kmsKeyId",
}
"""Property that names the KMS key, by resource type."""


def database_encrypted(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a database whose storage is not encrypted."""
    if resource.props.get("storageEncrypted") is not True:
        yield Violation("storageEncrypted is not set", "storageEncrypted: true")


def database_tls(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for Aurora MySQL parameters that accept connections without TLS."""
    if not str(resource.props.get("family", "")).startswith("aurora-mysql"):
        return
    parameters = {item.get("name"): item.get("value") for item in resource.props.objects("parameters")}
    if str(parameters.get("require_secure_transport")).upper() not in {"ON", "1"}:
        yield Violation("clients may connect without TLS", "parameter require_secure_transport: ON")


def cache_encrypted(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each kind of encryption that a cache lacks."""
    for property_ in ("atRestEncryptionEnabled", "transitEncryptionEnabled"):
        if str(resource.props.get(property_)).lower() != "true":
            yield Violation(f"{property_} is not set", f"{property_}: true")


def own_key(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for data that is encrypted with an AWS managed key."""
    property_ = _OWN_KEY[resource.type]
    if property_ not in resource.props:
        yield Violation("it is encrypted with an AWS managed key", f"{property_}: the ARN of a key of this stack")


def image_key(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a repository that encrypts images with an AWS managed key."""
    if not any(item.get("encryptionType") == "KMS" for item in resource.props.objects("encryptionConfigurations")):
        yield Violation(
            "it is encrypted with an AWS managed key", "encryptionConfigurations with encryptionType KMS and a kmsKey"
        )


def key_rotates(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a key without automatic rotation."""
    if resource.props.get("enableKeyRotation") is not True:
        yield Violation("the key is never rotated", "enableKeyRotation: true")


def volumes_encrypted(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each unencrypted volume of a launch template, a storage class, or on its own."""
    props = resource.props
    if resource.type == "aws:ec2/launchTemplate:LaunchTemplate":
        volumes = [(f"volume {item.get('deviceName')}", item.inner("ebs")) for item in _mappings(props)]
    elif resource.type == "aws:ebs/volume:Volume":
        volumes = [("the volume", props)]
    else:
        volumes = [("its volumes", props.inner("parameters"))]
    for name, settings in volumes:
        if str(settings.get("encrypted")).lower() != "true":
            yield Violation(f"{name}: not encrypted", "encrypted: true")


def _mappings(props: Values) -> Iterator[Values]:
    return (item for item in props.objects("blockDeviceMappings") if "ebs" in item)


def cluster_secrets_encrypted(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a cluster whose Kubernetes Secrets are not encrypted with a KMS key of the account."""
    if "keyArn" not in resource.props.inner("encryptionConfig", "provider"):
        yield Violation("Kubernetes Secrets are not encrypted with a key of this account", "an encryptionConfig")


def cdn_tls(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each cache behaviour that serves plain HTTP."""
    behaviours = [resource.props.inner("defaultCacheBehavior"), *resource.props.objects("orderedCacheBehaviors")]
    for behaviour in behaviours:
        if behaviour.get("viewerProtocolPolicy") not in {"redirect-to-https", "https-only"}:
            path = behaviour.get("pathPattern", "the default behaviour")
            yield Violation(f"{path} is served over HTTP", "viewerProtocolPolicy: redirect-to-https")


def ingress_tls(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for an Ingress whose load balancer serves plain HTTP."""
    annotations = resource.props.inner("metadata", "annotations")
    ports = str(annotations.get("alb.ingress.kubernetes.io/listen-ports", ""))
    if "HTTPS" not in ports:
        yield Violation(
            "the load balancer serves plain HTTP", "a certificate, and an HTTPS listener to which HTTP redirects"
        )
    elif '"HTTP"' in ports and "alb.ingress.kubernetes.io/ssl-redirect" not in annotations:
        yield Violation("plain HTTP is not redirected to HTTPS", "annotation alb.ingress.kubernetes.io/ssl-redirect")


def bucket_encrypted(bucket: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for a bucket without an explicit encryption configuration."""
    type_ = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    if not stack.belonging(type_, "bucket", bucket):
        yield Violation("it has no encryption configuration", "a BucketServerSideEncryptionConfiguration", bucket)


def bucket_tls(bucket: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for a bucket whose policy does not deny requests without TLS."""
    for policy in stack.belonging("aws:s3/bucketPolicy:BucketPolicy", "bucket", bucket):
        if any(_denies_plain(statement) for statement in statements(policy.props.get("policy"))):
            return
    yield Violation(
        "requests without TLS are not denied",
        "a policy that denies everybody s3:* on the bucket and its objects when aws:SecureTransport is false",
        bucket,
    )


def _denies_plain(statement: Statement) -> bool:
    return (
        not statement.allows
        and statement.everybody
        and any(action.lower() in {"*", "s3:*"} for action in statement.actions)
        and ("*" in statement.resources or _both(statement.resources))
        and statement.condition.keys() == {"Bool"}
        and {key.lower(): str(value).lower() for key, value in statement.condition["Bool"].items()}
        == {"aws:securetransport": "false"}
    )


def _both(resources: Sequence[str]) -> bool:
    return any(f"{bucket}/*" in resources for bucket in resources)


RULES = (
    Rule(
        "database-encrypted", "Databases are encrypted at rest", ("FSBP RDS.3", "FSBP RDS.27"),
        Level.ALWAYS, DATABASES, database_encrypted,
    ),
    Rule(
        "database-tls", "Databases accept TLS connections only", (),
        Level.ALWAYS, ("aws:rds/clusterParameterGroup:ClusterParameterGroup",), database_tls,
    ),
    Rule(
        "cache-encrypted", "Caches are encrypted at rest and in transit", ("FSBP ElastiCache.4", "FSBP ElastiCache.5"),
        Level.ALWAYS, (CACHE,), cache_encrypted,
    ),
    Rule("own-key", "Data is encrypted with keys of the account", (), Level.ADVISED, tuple(_OWN_KEY), own_key),
    Rule(
        "image-key", "Images are encrypted with keys of the account", (),
        Level.ADVISED, ("aws:ecr/repository:Repository",), image_key,
    ),
    Rule("key-rotates", "KMS keys are rotated", (), Level.ALWAYS, ("aws:kms/key:Key",), key_rotates),
    Rule(
        "volumes-encrypted", "Volumes are encrypted", ("FSBP EC2.3", "FSBP EC2.181"), Level.ALWAYS,
        ("aws:ec2/launchTemplate:LaunchTemplate", "aws:ebs/volume:Volume", "kubernetes:storage.k8s.io/v1:StorageClass"),
        volumes_encrypted,
    ),
    Rule(
        "cluster-secrets-encrypted", "Kubernetes Secrets are encrypted with a key of the account",
        ("FSBP EKS.3", "CIS EKS 5.3.1"), Level.ALWAYS, ("aws:eks/cluster:Cluster",), cluster_secrets_encrypted,
    ),
    Rule(
        "cdn-tls", "The CDN serves HTTPS only", ("FSBP CloudFront.3",),
        Level.ALWAYS, ("aws:cloudfront/distribution:Distribution",), cdn_tls,
    ),
    Rule(
        "ingress-tls", "Load balancers serve HTTPS only", ("FSBP ELB.1", "FSBP ELB.18", "CIS EKS 5.4.5"),
        Level.ADVISED, ("kubernetes:networking.k8s.io/v1:Ingress",), ingress_tls,
    ),
    StackRule(
        "bucket-encrypted", "Buckets have an encryption configuration", (),
        Level.ALWAYS, ("aws:s3/bucket:Bucket",), bucket_encrypted,
    ),
    StackRule(
        "bucket-tls", "Buckets accept TLS requests only", ("FSBP S3.5",),
        Level.ALWAYS, ("aws:s3/bucket:Bucket",), bucket_tls,
    ),
)  # fmt: skip
