"""The cases, by rule."""

from typing import Any

from analysis.urns import STACK
from policies.resources import Resource
from policies.rules.tags import REQUIRED
from tests.policies.cases import (
    BUCKET,
    CACHE,
    CLUSTER,
    DATABASE,
    DEPLOYMENT,
    DISTRIBUTION,
    FIRST,
    INGRESS,
    INGRESS_RULE,
    MISSING,
    NAMESPACE,
    NODE_GROUP,
    PARAMETERS,
    POD,
    READ,
    REPOSITORY,
    TEMPLATE,
    TLS_ONLY,
    Case,
    document,
    web_identity,
)

_BUCKET = "aws:s3/bucket:Bucket"
_DATABASE = "aws:rds/cluster:Cluster"
_CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
_CLUSTER = "aws:eks/cluster:Cluster"
_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_REPOSITORY = "aws:ecr/repository:Repository"
_DEPLOYMENT = "kubernetes:apps/v1:Deployment"
_NAMESPACE = "kubernetes:core/v1:Namespace"
_POLICY = "aws:iam/policy:Policy"


def _permission(**statement: Any) -> Case:
    """A permission policy that is broken by one statement."""
    bad = document(READ, {"Resource": "arn:aws:s3:::shop", **statement})
    return Case(_POLICY, {"policy": document(READ)}, {("policy",): bad}, ("policy",))


CASES: dict[str, Case] = {
    "database-encrypted": Case(_DATABASE, DATABASE, {("storageEncrypted",): False}, ("storageEncrypted",)),
    "database-tls": Case(
        "aws:rds/clusterParameterGroup:ClusterParameterGroup", PARAMETERS,
        {("parameters", 0, "value"): "OFF"}, ("parameters", 0, "value"),
    ),
    "cache-encrypted": Case(_CACHE, CACHE, {("atRestEncryptionEnabled",): False}, ("atRestEncryptionEnabled",)),
    "own-key": Case(_DATABASE, DATABASE, {("kmsKeyId",): MISSING}),
    "image-key": Case(
        _REPOSITORY, REPOSITORY, {("encryptionConfigurations",): []}, ("encryptionConfigurations",),
    ),
    "key-rotates": Case(
        "aws:kms/key:Key", {"enableKeyRotation": True}, {("enableKeyRotation",): False}, ("enableKeyRotation",)
    ),
    "volumes-encrypted": Case(
        _TEMPLATE, TEMPLATE,
        {("blockDeviceMappings", 0, "ebs", "encrypted"): "false"}, ("blockDeviceMappings", 0, "ebs", "encrypted"),
    ),
    "cluster-secrets-encrypted": Case(_CLUSTER, CLUSTER, {("encryptionConfig",): MISSING}),
    "cdn-tls": Case(
        "aws:cloudfront/distribution:Distribution", DISTRIBUTION,
        {("defaultCacheBehavior", "viewerProtocolPolicy"): "allow-all"},
        ("defaultCacheBehavior", "viewerProtocolPolicy"),
    ),
    "ingress-tls": Case(
        "kubernetes:networking.k8s.io/v1:Ingress", INGRESS,
        {("metadata", "annotations", "alb.ingress.kubernetes.io/listen-ports"): '[{"HTTP": 80}]'},
        ("metadata", "annotations", "alb.ingress.kubernetes.io/listen-ports"),
    ),
    "bucket-encrypted": Case(
        _BUCKET, BUCKET,
        companions=[
            ("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", {"rules": []})
        ],
    ),
    "bucket-tls": Case(
        _BUCKET, BUCKET, decides=("policy",),
        companions=[("aws:s3/bucketPolicy:BucketPolicy", {"policy": document(TLS_ONLY)})],
    ),
    "access-block-complete": Case(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        {
            "bucket": "shop", "blockPublicAcls": True, "blockPublicPolicy": True,
            "ignorePublicAcls": True, "restrictPublicBuckets": True,
        },
        {("blockPublicPolicy",): False}, ("blockPublicPolicy",),
    ),
    "bucket-access-block": Case(
        _BUCKET, BUCKET, companions=[("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {})]
    ),
    "resource-policy-closed": Case(
        "aws:s3/bucketPolicy:BucketPolicy", {"bucket": "shop", "policy": document(TLS_ONLY)},
        {("policy",): document({"Principal": "*", **READ})}, ("policy",),
    ),
    "database-private": Case(
        "aws:rds/clusterInstance:ClusterInstance",
        {
            "clusterIdentifier": "shop", "engine": "aurora-mysql", "instanceClass": "db.r7g.large",
            "publiclyAccessible": False,
        },
        {("publiclyAccessible",): True}, ("publiclyAccessible",),
    ),
    "store-isolated": Case(
        "aws:rds/subnetGroup:SubnetGroup", {"subnetIds": ["subnet-11111111"]},
        around=[
            Resource(
                "aws:ec2/route:Route", "out", {}, "urn:route",
                references={"routeTableId": ["urn:table"], "gatewayId": ["urn:gateway"]},
            ),
            Resource(
                "aws:ec2/routeTableAssociation:RouteTableAssociation", "public", {}, "urn:association",
                references={"routeTableId": ["urn:table"], "subnetId": ["urn:subnet"]},
            ),
        ],
        references={"subnetIds": ["urn:subnet"]},
    ),
    "security-group-closed": Case(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", INGRESS_RULE,
        {("fromPort",): 22, ("toPort",): 22}, ("cidrIpv4",),
    ),
    "default-group-empty": Case(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {"vpcId": "vpc-11111111", "ingress": [], "egress": []},
        {("ingress",): [{"protocol": "-1", "self": True, "fromPort": 0, "toPort": 0}]}, ("ingress",),
    ),
    "endpoint-restricted": Case(
        _CLUSTER, CLUSTER,
        {("vpcConfig", "publicAccessCidrs"): ["0.0.0.0/0"]}, ("vpcConfig", "publicAccessCidrs"),
    ),
    "subnet-private": Case(
        "aws:ec2/subnet:Subnet", {"vpcId": "vpc-11111111", "cidrBlock": "10.0.0.0/24"},
        {("mapPublicIpOnLaunch",): True}, ("mapPublicIpOnLaunch",),
    ),
    "metadata-protected": Case(
        _TEMPLATE, TEMPLATE, {("metadataOptions", "httpTokens"): "optional"}, ("metadataOptions", "httpTokens")
    ),
    "outputs-without-secrets": Case(
        STACK, {"urls": ["https://openmarket.example.com"]}, {("urls", 0): DATABASE["masterPassword"]},
        around=[Resource(_DATABASE, "shop", DATABASE, "urn:database")],
    ),
    "no-wildcard-actions": _permission(Action="s3:*"),
    "no-writing-everywhere": _permission(Action="s3:PutObject", Resource="*"),
    "no-decrypting-everywhere": _permission(Action="kms:Decrypt", Resource="arn:aws:kms:*:123456789012:key/*"),
    "no-administrators": Case(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        {"role": "deployer", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        {("policyArn",): "arn:aws:iam::aws:policy/AdministratorAccess"}, ("policyArn",),
    ),
    "trust-narrow": Case(
        "aws:iam/role:Role",
        {"assumeRolePolicy": web_identity(aud="sts.amazonaws.com", sub="system:serviceaccount:shop:web")},
        {("assumeRolePolicy",): web_identity(sub="system:serviceaccount:shop:web")}, ("assumeRolePolicy",),
    ),
    "no-access-keys": Case(
        _DEPLOYMENT, DEPLOYMENT, {(*FIRST, "env", 0, "name"): "AWS_ACCESS_KEY_ID"}, (*FIRST, "env", 0, "name")
    ),
    "database-backups": Case(_DATABASE, DATABASE, {("backupRetentionPeriod",): 1}, ("backupRetentionPeriod",)),
    "deletion-protection": Case(_DATABASE, DATABASE, {("deletionProtection",): False}, ("deletionProtection",)),
    "protected": Case(_DATABASE, DATABASE),
    "cache-backups": Case(_CACHE, CACHE, {("snapshotRetentionLimit",): 0}, ("snapshotRetentionLimit",)),
    "no-forced-deletion": Case(_BUCKET, BUCKET, {("forceDestroy",): True}, ("forceDestroy",)),
    "secret-recoverable": Case(
        "aws:secretsmanager/secret:Secret", {"recoveryWindowInDays": 30},
        {("recoveryWindowInDays",): 0}, ("recoveryWindowInDays",),
    ),
    "bucket-versioned": Case(
        _BUCKET, BUCKET, decides=("versioningConfiguration", "status"),
        companions=[("aws:s3/bucketVersioning:BucketVersioning", {"versioningConfiguration": {"status": "Enabled"}})],
    ),
    "log-retention": Case(
        "aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 30}, {("retentionInDays",): 0}, ("retentionInDays",)
    ),
    "cluster-logs": Case(
        _CLUSTER, CLUSTER, {("enabledClusterLogTypes",): ["api"]}, ("enabledClusterLogTypes",)
    ),
    "database-logs": Case(
        _DATABASE, DATABASE, {("enabledCloudwatchLogsExports",): []}, ("enabledCloudwatchLogsExports",)
    ),
    "flow-logs": Case(
        "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}, companions=[("aws:ec2/flowLog:FlowLog", {})], link="vpcId"
    ),
    "alarm-receivers": Case(
        "aws:sns/topic:Topic", {"name": "alarms"}, link="topic",
        companions=[("aws:sns/topicSubscription:TopicSubscription", {"protocol": "email"})],
        around=[
            Resource(
                "aws:cloudwatch/metricAlarm:MetricAlarm", "alarm", {}, references={"alarmActions": ["urn:subject"]}
            )
        ],
    ),
    "pod-hardened": Case(
        _DEPLOYMENT, DEPLOYMENT,
        {(*FIRST, "securityContext", "allowPrivilegeEscalation"): True},
        (*FIRST, "securityContext", "allowPrivilegeEscalation"),
    ),
    "pod-off-host": Case(_DEPLOYMENT, DEPLOYMENT, {(*POD, "hostNetwork"): True}, (*POD, "hostNetwork")),
    "pod-resources": Case(_DEPLOYMENT, DEPLOYMENT, {(*FIRST, "resources"): {}}, (*FIRST, "resources")),
    "probe-on-own-port": Case(
        _DEPLOYMENT, DEPLOYMENT, {(*FIRST, "readinessProbe"): {"httpGet": {"path": "/", "port": 8081}}},
        (*FIRST, "readinessProbe"),
    ),
    "pod-identity": Case(
        _DEPLOYMENT, DEPLOYMENT, {(*POD, "serviceAccountName"): "default"}, (*POD, "serviceAccountName")
    ),
    "account-token": Case(
        "kubernetes:core/v1:ServiceAccount",
        {
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web", "namespace": "shop"},
            "automountServiceAccountToken": False,
        },
        {("automountServiceAccountToken",): True}, ("automountServiceAccountToken",),
    ),
    "no-plain-secrets": Case(
        _DEPLOYMENT, DEPLOYMENT, {(*FIRST, "env", 0, "name"): "DB_PASSWORD"}, (*FIRST, "env", 0, "name")
    ),
    "namespace-restricted": Case(
        _NAMESPACE, NAMESPACE,
        {("metadata", "labels"): {"pod-security.kubernetes.io/enforce": "baseline"}},
        ("metadata", "labels", "pod-security.kubernetes.io/enforce"),
    ),
    "namespace-closed": Case(
        _NAMESPACE, NAMESPACE, link="metadata",
        companions=[("kubernetes:networking.k8s.io/v1:NetworkPolicy", {"metadata": {"name": "deny"}})],
    ),
    "image-exact": Case(_DEPLOYMENT, DEPLOYMENT, {(*FIRST, "image"): "nginx:latest"}, (*FIRST, "image")),
    "image-by-digest": Case(
        _DEPLOYMENT, DEPLOYMENT,
        {(*FIRST, "image"): "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/shop/web:v1"}, (*FIRST, "image"),
    ),
    "credential-image-by-digest": Case(
        _DEPLOYMENT, DEPLOYMENT,
        {
            (*FIRST, "image"): "public.ecr.aws/docker/library/mysql:8.4.11",
            (*FIRST, "envFrom"): [{"prefix": "ADMIN_", "secretRef": {"name": "db"}}],
        },
        (*FIRST, "image"),
    ),
    "tags-immutable": Case(
        _REPOSITORY, REPOSITORY, {("imageTagMutability",): "MUTABLE"}, ("imageTagMutability",)
    ),
    "images-scanned": Case(
        _REPOSITORY, REPOSITORY,
        {("imageScanningConfiguration", "scanOnPush"): False}, ("imageScanningConfiguration", "scanOnPush"),
    ),
    "images-expire": Case(
        _REPOSITORY, REPOSITORY, companions=[("aws:ecr/lifecyclePolicy:LifecyclePolicy", {})], link="repository"
    ),
    "default-tags": Case(
        "pulumi:providers:aws", {"region": "ap-northeast-2", "defaultTags": {"tags": dict.fromkeys(REQUIRED, "shop")}},
        {("defaultTags",): MISSING}, ("defaultTags",),
    ),
    "region-allowed": Case(_BUCKET, BUCKET, {("region",): "eu-west-1"}, ("region",)),
    "instance-family": Case(_CACHE, CACHE, {("nodeType",): "cache.r5.24xlarge"}, ("nodeType",)),
    "monthly-budget": Case(
        "aws:eks/nodeGroup:NodeGroup", NODE_GROUP, {("scalingConfig", "desiredSize"): 200},
        ("scalingConfig", "desiredSize"),
    ),
}  # fmt: skip
