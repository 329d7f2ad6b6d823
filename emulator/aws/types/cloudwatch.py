"""CloudWatch Logs: groups, and the delivery of other services' logs to them and to S3."""

from emulator.aws.resource_type import Reference, ResourceType, because, named
from emulator.aws.tokens import KEY, LOG_GROUP
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

SOURCE = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
DESTINATION = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination"
DELIVERY = "aws:cloudwatch/logDelivery:LogDelivery"


def _refuses_delete(_transaction: Transaction, stored: StoredObject) -> None:
    if stored.outputs.get("deletionProtectionEnabled"):
        raise ProviderError(f"ValidationException: log group {stored.id} has deletion protection")


TYPES = (
    ResourceType(
        type=LOG_GROUP, oracle="AWS::Logs::LogGroup", id=named(), name_property="name", names={"LogGroupName": "name"},
        also_replaces={"logGroupClass": "the class of a log group is fixed at its creation"},
        defaults={"retentionInDays": 0, "skipDestroy": False, "logGroupClass": "STANDARD"},
        outputs=lambda context: {"arn": context.arn("logs", f"log-group:{context.id}")},
        references=(Reference("kmsKeyId", KEY, "arn", holds=False),), refuses_delete=_refuses_delete,
    ),
    ResourceType(
        type=SOURCE, oracle="AWS::Logs::DeliverySource", id=named(), name_property="name", puts=True,
        also_replaces=because("the provider has no update for it", "logType", "resourceArn"),
        optional=because("the provider generates one", "name"),
        outputs=lambda context: {
            "arn": context.arn("logs", f"delivery-source:{context.id}"),
            "service": str(context.inputs["resourceArn"]).split(":")[2],
        },
    ),
    ResourceType(
        type=DESTINATION, oracle="AWS::Logs::DeliveryDestination", id=named(), name_property="name", puts=True,
        names={"DestinationResourceArn": "deliveryDestinationConfiguration.destinationResourceArn"},
        optional=because("the provider generates one", "name"),
        outputs=lambda context: {"arn": context.arn("logs", f"delivery-destination:{context.id}")},
    ),
    ResourceType(
        type=DELIVERY, oracle="AWS::Logs::Delivery",
        id=lambda context: context.letters("id", 16),
        outputs=lambda context: {"arn": context.arn("logs", f"delivery:{context.id}")},
        references=(Reference("deliverySourceName", SOURCE), Reference("deliveryDestinationArn", DESTINATION, "arn")),
    ),
)  # fmt: skip
