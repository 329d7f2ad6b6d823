"""Shield Advanced: a subscription of the whole account, and what it protects."""

from emulator.aws.resource_type import ResourceType
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

SUBSCRIPTION = "aws:shield/subscription:Subscription"
PROTECTION = "aws:shield/protection:Protection"


def _subscribed(transaction: Transaction, _stored: StoredObject) -> None:
    if not transaction.find(SUBSCRIPTION):
        raise ProviderError("ResourceNotFoundException: The subscription does not exist.")


TYPES = (
    ResourceType(
        type=SUBSCRIPTION, id=lambda context: context.account, regional=False, taggable=False,
        defaults={"autoRenew": "ENABLED"},
    ),
    ResourceType(
        type=PROTECTION, oracle="AWS::Shield::Protection",
        id=lambda context: context.uuid("id"),
        name_property="name", regional=False, requires=_subscribed, unique=("resourceArn",),
        names=dict.fromkeys(("HealthCheckArns", "ApplicationLayerAutomaticResponseConfiguration"), ""),
        outputs=lambda context: {"arn": context.global_arn("shield", f"protection/{context.id}")},
    ),
)  # fmt: skip
