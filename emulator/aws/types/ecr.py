"""ECR repositories."""

from typing import Any

from emulator.aws.resource_type import Context, Reference, ResourceType, because, named
from emulator.aws.tokens import KEY
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

REPOSITORY = "aws:ecr/repository:Repository"
IMAGE = "aws:ecr/image:Image"


def _repository(context: Context) -> dict[str, Any]:
    return {
        "arn": context.arn("ecr", f"repository/{context.id}"),
        "registryId": context.account,
        "repositoryUrl": context.host(context.account, "dkr", "ecr", context.region) + f"/{context.id}",
    }


def _refuses_delete(transaction: Transaction, stored: StoredObject) -> None:
    images = transaction.find(IMAGE, repositoryName=stored.id)
    if images and not stored.outputs["forceDelete"]:
        raise ProviderError(
            f"RepositoryNotEmptyException: repository {stored.id} has {len(images)} images, and forceDelete is not set"
        )


TYPES = (
    ResourceType(
        type=REPOSITORY, oracle="AWS::ECR::Repository", id=named(), name_property="name", outputs=_repository,
        names={
            "RepositoryName": "name", "EmptyOnDelete": "forceDelete", "RepositoryPolicyText": "", "LifecyclePolicy": "",
            "EncryptionConfiguration": "encryptionConfigurations", "EncryptionConfiguration/EncryptionType": "",
            "EncryptionConfiguration/KmsKey": "",
        },
        defaults={"imageTagMutability": "MUTABLE", "forceDelete": False}, refuses_delete=_refuses_delete,
        references=(Reference("encryptionConfigurations.kmsKey", KEY, "arn", holds=False),),
    ),
    ResourceType(
        type="aws:ecr/lifecyclePolicy:LifecyclePolicy", id=named("repository"), taggable=False, puts=True,
        also_replaces=because("the policy belongs to its repository", "repository"),
        outputs=lambda context: {"registryId": context.account},
        references=(Reference("repository", REPOSITORY, holds=False),),
    ),
)  # fmt: skip
