"""Repositories of container images."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.config import ImagesConfig


@dataclass(frozen=True)
class ImageRepositoryArgs:
    """Inputs of `ImageRepository`."""

    repository_name: str
    moving_tag: str
    """The only tag that may be pushed again."""
    settings: ImagesConfig
    key_arn: pulumi.Input[str]
    protected: bool
    """Cannot be deleted by Pulumi, nor by AWS as long as there are images in it."""


class ImageRepository(pulumi.ComponentResource):
    """Creates a repository that scans what is pushed, and expires what is no longer needed.

    The nodes pull by a managed policy of their role; nobody else is granted anything.
    """

    url: pulumi.Output[str]

    def __init__(self, name: str, args: ImageRepositoryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:ImageRepository", name, {}, opts)
        repository = aws.ecr.Repository(
            f"{name}-repository",
            name=args.repository_name,
            image_tag_mutability="IMMUTABLE_WITH_EXCLUSION",
            image_tag_mutability_exclusion_filters=[
                aws.ecr.RepositoryImageTagMutabilityExclusionFilterArgs(filter=args.moving_tag, filter_type="WILDCARD")
            ],
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            encryption_configurations=[
                aws.ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=args.key_arn)
            ],
            force_delete=not args.protected,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protected),
        )
        aws.ecr.LifecyclePolicy(
            f"{name}-lifecycle",
            repository=repository.name,
            policy=lifecycle_policy(args.settings),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.url = repository.repository_url
        self.register_outputs({"url": self.url})


def lifecycle_policy(settings: ImagesConfig) -> str:
    """What ECR removes: images without a tag after some days, and all releases but the newest."""
    untagged = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": settings.untagged_days,
    }
    tagged = {
        "tagStatus": "tagged",
        "tagPatternList": ["*"],
        "countType": "imageCountMoreThan",
        "countNumber": settings.releases_kept,
    }
    rules = [
        {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}
        for priority, selection in enumerate((untagged, tagged), 1)
    ]
    return json.dumps({"rules": rules})
