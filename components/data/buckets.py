"""Private S3 buckets."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.context import StackContext
from components.data import bucket_lifecycle
from components.iam import permissions, resource_policies
from components.iam.grants import Grant


@dataclass(frozen=True)
class Distribution:
    """The CloudFront distribution that reads from a bucket."""

    arn: pulumi.Input[str]
    prefix: str = ""
    """The beginning of the keys that it may read; empty for all objects."""


@dataclass(frozen=True)
class BucketArgs:
    """Inputs of `Bucket`."""

    context: StackContext
    label: str
    """The bucket's `Name` tag, after the stack's prefix. The physical name is generated, as it has to be unique."""
    old_version_days: int
    """Days until an old version of an object expires."""
    collects_logs: bool = False
    """True if AWS's log services write into the bucket. Its objects then expire with the stack's logs, and S3's own
    keys encrypt them, as these services cannot use others."""
    distribution: Distribution | None = None
    """The distribution that may read besides roles; None for none."""
    upload_origins: Sequence[str] = ()
    """Origins of the pages that may upload by presigned URLs."""
    log_bucket: pulumi.Input[str] | None = None
    """The bucket that gets access logs, below `s3/`; None for no access logs."""


class Bucket(pulumi.ComponentResource):
    """Creates a bucket that no ACL and no public policy opens: encrypted, versioned, owned by the account alone.

    Its policy refuses plain HTTP, and admits only the distribution or the log services that the arguments name. A
    protected bucket cannot be deleted by Pulumi, nor by AWS as long as there are objects in it.
    """

    id: pulumi.Output[str]
    """The bucket's name. Of a bucket that collects logs, it is known once the log services may write."""
    arn: pulumi.Output[str]
    domain: pulumi.Output[str]
    """The domain of S3 in the bucket's region, with the bucket's name."""

    def __init__(self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:Bucket", name, {}, opts)
        self._name = name
        self._args = args
        self._key_arn = None if args.collects_logs else args.context.keys["objects"]
        self._bucket = aws.s3.Bucket(
            f"{name}-bucket",
            force_destroy=not args.context.protected,
            tags={"Name": f"{args.context.prefix}-{args.label}"},
            opts=pulumi.ResourceOptions(parent=self, protect=args.context.protected),
        )
        self.arn = self._bucket.arn
        self.domain = self._bucket.bucket_regional_domain_name
        aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=self._bucket.id,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=self._child(),
        )
        aws.s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=self._bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child(),
        )
        policy = aws.s3.BucketPolicy(
            f"{name}-policy", bucket=self._bucket.id, policy=self._policy(), opts=self._child()
        )
        self.id = policy.bucket if args.collects_logs else self._bucket.id
        self._encryption()
        versioning = aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=self._bucket.id,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=self._child(),
        )
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=self._bucket.id,
            rules=bucket_lifecycle.rules(
                args.old_version_days, args.context.log_retention_days if args.collects_logs else None
            ),
            # Rules for old versions mean nothing to a bucket that does not keep any.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )
        if args.upload_origins:
            self._cors(args.upload_origins)
        if args.log_bucket is not None:
            aws.s3.BucketLogging(
                f"{name}-logging",
                bucket=self._bucket.id,
                target_bucket=args.log_bucket,
                target_prefix=f"s3/{name}/",
                opts=self._child(),
            )
        self.register_outputs({"id": self._bucket.id})

    def read(self) -> Grant:
        """The permission to read the objects."""
        return Grant(f"{self._name}-read", self._arns().apply(lambda arns: permissions.bucket_read(*arns)))

    def write(self) -> Grant:
        """The permission to read, write and delete the objects."""
        return Grant(f"{self._name}-write", self._arns().apply(lambda arns: permissions.bucket_write(*arns)))

    def _arns(self) -> pulumi.Output[list[str]]:
        if self._key_arn is None:
            raise ValueError(f"{self._name} collects logs: roles get no permission for it")
        return pulumi.Output.all(self._bucket.arn, self._key_arn)

    def _policy(self) -> pulumi.Output[str]:
        args, context = self._args, self._args.context

        def admitting_logs(values: Sequence[str]) -> str:
            arn, account_id = values
            return resource_policies.bucket(arn, *resource_policies.log_delivery(arn, account_id, context.region))

        if args.collects_logs:
            return pulumi.Output.all(self._bucket.arn, context.account_id).apply(admitting_logs)
        if (distribution := args.distribution) is None:
            return self._bucket.arn.apply(resource_policies.bucket)
        return pulumi.Output.all(self._bucket.arn, distribution.arn).apply(
            lambda arns: resource_policies.bucket(
                arns[0], resource_policies.distribution_read(arns[0], arns[1], distribution.prefix)
            )
        )

    def _encryption(self) -> None:
        key_arn = self._key_arn
        by_default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="AES256" if key_arn is None else "aws:kms", kms_master_key_id=key_arn
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-encryption",
            bucket=self._bucket.id,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=by_default,
                    # KMS is asked once in a while for the bucket, not once per object.
                    bucket_key_enabled=key_arn is not None,
                )
            ],
            opts=self._child(),
        )

    def _cors(self, origins: Sequence[str]) -> None:
        aws.s3.BucketCorsConfiguration(
            f"{self._name}-cors",
            bucket=self._bucket.id,
            cors_rules=[
                aws.s3.BucketCorsConfigurationCorsRuleArgs(
                    allowed_methods=["PUT", "POST"],
                    allowed_origins=list(origins),
                    allowed_headers=["content-type", "content-md5", "x-amz-*"],
                    expose_headers=["ETag"],
                    max_age_seconds=3600,
                )
            ],
            opts=self._child(),
        )

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)
