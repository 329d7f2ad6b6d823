"""AWS managed policies: the actions in them that the emulator asks about, not their full text."""

_POLICY = "arn:aws:iam::aws:policy/"

_READ_SERVICES = (
    "acm", "autoscaling", "backup", "ce", "cloudfront", "cloudwatch", "ec2", "ecr", "eks", "elasticache",
    "elasticloadbalancing", "iam", "kms", "logs", "rds", "route53", "s3", "ses", "shield", "sns", "tag", "wafv2",
)  # fmt: skip
"""Services in which `ReadOnlyAccess` reads everything: of Secrets Manager it has the descriptions and no value."""

_PULL = (
    "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage",
)  # fmt: skip

MANAGED_POLICIES: dict[str, tuple[str, ...]] = {
    f"{_POLICY}AdministratorAccess": ("*",),
    f"{_POLICY}ReadOnlyAccess": (
        *(f"{service}:{verb}*" for service in _READ_SERVICES for verb in ("Describe", "Get", "List")),
        "budgets:Describe*", "budgets:View*",
        "secretsmanager:Describe*", "secretsmanager:GetResourcePolicy", "secretsmanager:List*",
    ),
    f"{_POLICY}AmazonEKSClusterPolicy": (
        "ec2:CreateNetworkInterface", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeSecurityGroups",
        "elasticloadbalancing:CreateLoadBalancer", "kms:DescribeKey",
    ),
    f"{_POLICY}AmazonEKSVPCResourceController": ("ec2:CreateNetworkInterface", "ec2:AssignPrivateIpAddresses"),
    f"{_POLICY}AmazonEKSWorkerNodePolicy": ("ec2:Describe*", "eks:DescribeCluster"),
    f"{_POLICY}AmazonEKSWorkerNodeMinimalPolicy": ("ec2:Describe*", "eks:DescribeCluster"),
    f"{_POLICY}AmazonEKS_CNI_Policy": (
        "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses", "ec2:AttachNetworkInterface",
        "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeInstances", "ec2:DescribeSubnets", "ec2:CreateTags",
    ),
    f"{_POLICY}AmazonEC2ContainerRegistryReadOnly": (*_PULL, "ecr:DescribeRepositories", "ecr:ListImages"),
    f"{_POLICY}AmazonEC2ContainerRegistryPullOnly": (*_PULL, "ecr:BatchImportUpstreamImage"),
    f"{_POLICY}AmazonSSMManagedInstanceCore": ("ssm:UpdateInstanceInformation", "ssmmessages:*", "ec2messages:*"),
    f"{_POLICY}service-role/AmazonEBSCSIDriverPolicy": (
        "ec2:CreateVolume", "ec2:DeleteVolume", "ec2:AttachVolume", "ec2:DetachVolume", "ec2:ModifyVolume",
        "ec2:CreateSnapshot", "ec2:DeleteSnapshot", "ec2:DescribeVolumes", "ec2:CreateTags",
        "ec2:DescribeAvailabilityZones",
    ),
    f"{_POLICY}AmazonEBSCSIDriverPolicyV2": (
        "ec2:CreateVolume", "ec2:DeleteVolume", "ec2:AttachVolume", "ec2:DetachVolume", "ec2:ModifyVolume",
        "ec2:CreateSnapshot", "ec2:DeleteSnapshot", "ec2:DescribeVolumes", "ec2:CreateTags",
        "ec2:DescribeAvailabilityZones",
    ),
    f"{_POLICY}service-role/AmazonRDSEnhancedMonitoringRole": ("logs:CreateLogStream", "logs:PutLogEvents"),
    f"{_POLICY}service-role/AWSBackupServiceRolePolicyForBackup": (
        "rds:CreateDBClusterSnapshot", "rds:CopyDBClusterSnapshot", "rds:DescribeDBClusters",
        "rds:DescribeDBClusterSnapshots", "backup:CopyIntoBackupVault",
    ),
    f"{_POLICY}AWSBackupServiceRolePolicyForS3Backup": ("s3:GetObjectVersion", "s3:ListBucketVersions"),
    f"{_POLICY}CloudWatchAgentServerPolicy": (
        "cloudwatch:PutMetricData", "logs:PutLogEvents", "logs:CreateLogStream", "logs:CreateLogGroup",
        "logs:DescribeLogGroups", "logs:DescribeLogStreams", "ec2:DescribeTags", "ec2:DescribeVolumes",
    ),
    f"{_POLICY}AWSXrayWriteOnlyAccess": ("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
}  # fmt: skip
