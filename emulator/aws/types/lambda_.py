"""Lambda: functions, and which services may call them."""

from emulator.aws import iam
from emulator.aws.resource_type import Context, Reference, ResourceType, because, named
from emulator.aws.tokens import FUNCTION, FUNCTION_PERMISSION, KEY, ROLE
from emulator.plugins.provider import ProviderError
from emulator.store import Store, StoredObject, Transaction


def _arn(context: Context) -> str:
    return context.arn("lambda", f"function:{context.inputs['name']}")


def _statement(context: Context) -> str:
    return str(context.inputs.get("statementId") or f"terraform-{context.hex('id', 26)}")


def _requires(transaction: Transaction, stored: StoredObject) -> None:
    inputs = stored.inputs
    if not iam.trusts_service(transaction, inputs["role"], "lambda.amazonaws.com"):
        raise ProviderError(
            "InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda."
        )
    if inputs.get("packageType", "Zip") == "Zip" and not (inputs.get("handler") and inputs.get("runtime")):
        raise ProviderError(
            "InvalidParameterValueException: Runtime and Handler are mandatory parameters for functions created with "
            "deployment packages."
        )


def _without_permissions(store: Store, stored: StoredObject) -> None:
    """The policy of a function goes with it."""
    with store.transaction() as transaction:
        for each in transaction.find(FUNCTION_PERMISSION):
            if each.outputs["function"] in (stored.id, stored.outputs["arn"]):
                transaction.remove(each.type, each.id)


TYPES = (
    ResourceType(
        type=FUNCTION, oracle="AWS::Lambda::Function", id=named(), name_property="name", unique=("name",),
        names={
            "FunctionName": "name", "FileSystemConfigs": "fileSystemConfig", "FunctionScalingConfig": "",
            "PublishToLatestPublished": "", "RecursiveLoop": "", "RuntimeManagementConfig": "", "SnapStartResponse": "",
        },
        optional=because("the provider takes the code from S3 or an image as well", "code"),
        defaults={
            "packageType": "Zip", "memorySize": 128, "timeout": 3, "architectures": ["x86_64"], "publish": False,
            "reservedConcurrentExecutions": -1, "skipDestroy": False,
        },
        outputs=lambda context: {
            "arn": _arn(context), "qualifiedArn": f"{_arn(context)}:$LATEST", "version": "$LATEST",
            "invokeArn": context.arn("apigateway", f"lambda:path/2015-03-31/functions/{_arn(context)}/invocations"),
        },
        references=(Reference("role", ROLE, "arn", holds=False), Reference("kmsKeyArn", KEY, "arn", holds=False)),
        requires=_requires, deleted=_without_permissions,
    ),
    ResourceType(
        type=FUNCTION_PERMISSION, oracle="AWS::Lambda::Permission", taggable=False,
        # With the function, as by import: the provider's id, that of the statement, is unique in its function only.
        id=lambda context: f"{context.inputs['function']}/{_statement(context)}",
        names={"FunctionName": "function", "PrincipalOrgID": "principalOrgId"},
        outputs=lambda context: {"statementId": context.id.rpartition("/")[2]},
        also_replaces=because("it is the name of a statement of the function's policy", "statementId", "qualifier"),
        references=(Reference("function", FUNCTION, holds=False),),
    ),
)  # fmt: skip
