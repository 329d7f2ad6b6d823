"""A chat as a receiver of alarms: a small function posts them to a webhook, whose address is a secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws

from components.config.alarms import chat_webhook_name
from components.context import StackContext
from components.data.credentials import NamedSecret, NamedSecretArgs
from components.iam import permissions
from components.iam.grants import Grant
from components.iam.identity import service_role
from components.log_group import log_group

_SOURCE = Path(__file__).with_name("chat_function.py")
_SECONDS, _MEBIBYTES = 30, 128


@dataclass(frozen=True)
class ChatArgs:
    """Inputs of `Chat`."""

    context: StackContext
    topics: Mapping[str, pulumi.Input[str]]
    """ARNs of the SNS topics by severity."""


class Chat(pulumi.ComponentResource):
    """Creates a Lambda function that posts what the topics get, and a secret without a value for the address.

    SNS itself has no place for a secret address. People set the value, a JSON object with `url`; the function alone
    reads it, whenever a message comes. It has a role and an encrypted log group of its own.
    """

    def __init__(self, name: str, args: ChatArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:alarms:Chat", name, {}, opts)
        context, child = args.context, pulumi.ResourceOptions(parent=self)
        called = chat_webhook_name(context.prefix)
        secret = NamedSecret(
            f"{name}-address",
            NamedSecretArgs(context, called, "The address of the chat's webhook", ["url"], version_id=""),
            child,
        )
        log = log_group(f"{name}-log", f"/aws/lambda/{called}", context, child)
        writing = Grant("write-log", log.arn.apply(permissions.log_write))
        function = aws.lambda_.Function(
            f"{name}-function",
            name=called,
            description="Posts the messages of the alarms' topics to a chat",
            role=service_role(f"{name}-function", "lambda.amazonaws.com", [secret.read(), writing], self),
            runtime=aws.lambda_.Runtime.PYTHON3D13,
            architectures=["arm64"],
            # As text, so that the state names no folder of the machine that deploys.
            code=pulumi.AssetArchive({_SOURCE.name: pulumi.StringAsset(_SOURCE.read_text())}),
            handler=f"{_SOURCE.stem}.handler",
            environment=aws.lambda_.FunctionEnvironmentArgs(variables={"SECRET": called}),
            memory_size=_MEBIBYTES,
            timeout=_SECONDS,
            logging_config=aws.lambda_.FunctionLoggingConfigArgs(log_format="Text", log_group=log.name),
            opts=child,
        )
        for severity, topic in args.topics.items():
            permission = aws.lambda_.Permission(
                f"{name}-{severity}-permission",
                function=function.name,
                action="lambda:InvokeFunction",
                principal="sns.amazonaws.com",
                source_arn=topic,
                opts=child,
            )
            aws.sns.TopicSubscription(
                f"{name}-{severity}-subscription",
                topic=topic,
                protocol="lambda",
                endpoint=function.arn,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
            )
        self.register_outputs({})
