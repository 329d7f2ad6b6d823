"""Private S3 buckets."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import permissions, resource_policies
from components.data import bucket_lifecycle
from components.identity import ServiceAccountRole


@dataclass(frozen=True)
class BucketArgs:
    """Inputs of `Bucket`."""

    label: str
    """For people: the physical name is generated, as it has to be unique in the world."""
    protected: bool
    """Cannot be deleted by Pulumi, nor by AWS as long as there are objects in it."""
    old_version_days: int
    key_arn: pulumi.Input[str] | None = None
    """Encrypts the objects. Without one, S3's own keys do, which are the only ones that log services can use."""
    expire_days: int | None = None
    """After which objects go; None keeps them."""
    upload_origins: Sequence[str] = ()
    """Of the pages that may upload by presigned URLs."""
    log_bucket: pulumi.Input[str] | None = None
    """Gets a record of the requests, below `s3/`."""


class Bucket(pulumi.ComponentResource):
    """Creates a bucket that no ACL and no public policy opens: encrypted, versioned, owned by the account alone.

    With it: a lifecycle, and on demand CORS and access logs. Its policy, which refuses plain HTTP, comes with the one
    call that says who besides the account's roles uses it: `serve` or `accept_logs`.
    """

    id: pulumi.Output[str]
    domain: pulumi.Output[str]
    """Of S3 in the bucket's region."""

    def __init__(self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:Bucket", name, {}, opts)
        self._name = name
        self._args = args
        self._bucket = aws.s3.Bucket(
            f"{name}-bucket",
            force_destroy=not args.protected,
            tags={"Name": args.label},
            opts=pulumi.ResourceOptions(parent=self, protect=args.protected),
        )
        self.id = self._bucket.id
        self.domain = self._bucket.bucket_regional_domain_name
        aws.s3.BucketOwnershipControls(
            f"{name}-ownership",
            bucket=self.id,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=self._child(),
        )
        aws.s3.BucketPublicAccessBlock(
            f"{name}-public-access",
            bucket=self.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child(),
        )
        self._encryption()
        versioning = aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=self.id,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(status="Enabled"),
            opts=self._child(),
        )
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=self.id,
            rules=bucket_lifecycle.rules(args.old_version_days, args.expire_days),
            # Rules for old versions mean nothing to a bucket that does not keep any.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )
        if args.upload_origins:
            self._cors(args.upload_origins)
        if args.log_bucket is not None:
            aws.s3.BucketLogging(
                f"{name}-logging",
                bucket=self.id,
                target_bucket=args.log_bucket,
                target_prefix=f"s3/{name}/",
                opts=self._child(),
            )
        self.register_outputs({"id": self.id})

    def serve(self, distribution_arn: pulumi.Input[str], prefix: str = "") -> None:
        """Lets one CloudFront distribution read what is below the prefix."""

        def policy(arns: Sequence[str]) -> str:
            return resource_policies.bucket(arns[0], resource_policies.distribution_read(arns[0], arns[1], prefix))

        self._policy(pulumi.Output.all(self._bucket.arn, distribution_arn).apply(policy))

    def accept_logs(self, account_id: pulumi.Input[str], region: str) -> pulumi.Output[str]:
        """Lets AWS's log services write, and answers the bucket's name, known once they may."""

        def policy(values: Sequence[str]) -> str:
            return resource_policies.bucket(values[0], *resource_policies.log_delivery(values[0], values[1], region))

        return self._policy(pulumi.Output.all(self._bucket.arn, account_id).apply(policy)).bucket

    def allow_read(self, role: ServiceAccountRole) -> None:
        """Lets the role read the objects."""
        role.allow(f"{self._name}-read", self._arns().apply(lambda arns: permissions.bucket_read(*arns)))

    def allow_write(self, role: ServiceAccountRole) -> None:
        """Lets the role read, write and delete the objects."""
        role.allow(f"{self._name}-write", self._arns().apply(lambda arns: permissions.bucket_write(*arns)))

    def _arns(self) -> pulumi.Output[list[str]]:
        if self._args.key_arn is None:
            raise ValueError(f"{self._name} is not for roles: only buckets with a key of their own are granted")
        return pulumi.Output.all(self._bucket.arn, self._args.key_arn)

    def _policy(self, policy: pulumi.Output[str]) -> aws.s3.BucketPolicy:
        return aws.s3.BucketPolicy(
            f"{self._name}-policy",
            bucket=self.id,
            policy=policy,
            opts=self._child(),
        )

    def _encryption(self) -> None:
        key_arn = self._args.key_arn
        by_default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="AES256" if key_arn is None else "aws:kms", kms_master_key_id=key_arn
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-encryption",
            bucket=self.id,
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
            bucket=self.id,
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
