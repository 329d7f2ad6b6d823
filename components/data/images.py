"""Repositories of container images."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.config import ImagesConfig
from components.context import StackContext


@dataclass(frozen=True)
class ImageRepositoryArgs:
    """Inputs of `ImageRepository`."""

    context: StackContext
    service: str
    settings: ImagesConfig


class ImageRepository(pulumi.ComponentResource):
    """Creates the repository `openmarket-<stack>/<service>`, which scans what is pushed and expires old images.

    Tags are immutable but for `<stack>-latest`. A protected repository cannot be deleted while there are images in it.
    The nodes pull by a managed policy of their role; nobody else is granted anything.
    """

    url: pulumi.Output[str]

    def __init__(self, name: str, args: ImageRepositoryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:ImageRepository", name, {}, opts)
        context = args.context
        moving = aws.ecr.RepositoryImageTagMutabilityExclusionFilterArgs(
            filter=f"{context.stack}-latest", filter_type="WILDCARD"
        )
        repository = aws.ecr.Repository(
            f"{name}-repository",
            name=f"{args.context.prefix}/{args.service}",
            image_tag_mutability="IMMUTABLE_WITH_EXCLUSION",
            image_tag_mutability_exclusion_filters=[moving],
            image_scanning_configuration=aws.ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            encryption_configurations=[
                aws.ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=context.keys["images"])
            ],
            force_delete=not context.protected,
            opts=pulumi.ResourceOptions(parent=self, protect=context.protected),
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
    """The ECR lifecycle policy, JSON: untagged images expire after some days, and all releases but the newest."""
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
