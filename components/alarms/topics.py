"""The SNS topics of the alarms, and who reads them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.alarms.definition import Severity
from components.config.alarms import WATCHDOG, AlarmsConfig, topic_name
from components.context import StackContext
from components.iam import resource_policies
from components.ordering import known_after


@dataclass(frozen=True)
class AlarmTopicsArgs:
    """Inputs of `AlarmTopics`."""

    context: StackContext
    settings: AlarmsConfig
    watchdog: bool
    """True if something in the cluster reports again and again that it is alive."""


class AlarmTopics(pulumi.ComponentResource):
    """Creates an encrypted SNS topic per severity, unless the settings name one that exists, and its subscriptions.

    AWS's own key for SNS would not do: CloudWatch may not use it. A further topic is for a watchdog, which nobody
    reads: an alarm goes off when nothing comes.
    """

    arns: Mapping[str, pulumi.Output[str]]
    """ARNs of the topics by severity, known once AWS's services may publish to them."""
    all: Mapping[str, pulumi.Output[str]]
    """The same, and that of the watchdog's topic if there is one."""

    def __init__(self, name: str, args: AlarmTopicsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:alarms:AlarmTopics", name, {}, opts)
        self._name = name
        self._args = args
        given = {Severity.CRITICAL: args.settings.topics.critical, Severity.WARNING: args.settings.topics.warning}
        self.arns = {
            severity.value: pulumi.Output.from_input(arn) if arn else self._topic(severity.value)
            for severity, arn in given.items()
        }
        for severity, arn in self.arns.items():
            for email in args.settings.emails:
                aws.sns.TopicSubscription(
                    f"{name}-{severity}-{_label(email)}",
                    topic=arn,
                    protocol="email",
                    endpoint=email,
                    opts=pulumi.ResourceOptions(parent=self),
                )
        self.all = {**self.arns, **({WATCHDOG: self._topic(WATCHDOG)} if args.watchdog else {})}
        self.register_outputs({"arns": self.arns})

    def _topic(self, what: str) -> pulumi.Output[str]:
        context, child = self._args.context, pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(
            f"{self._name}-{what}",
            name=topic_name(context.prefix, what),
            # The beginning of e-mails' subjects, and their sender's name.
            display_name=f"{context.prefix} {what}",
            kms_master_key_id=context.keys["logs"],
            opts=child,
        )
        policy = aws.sns.TopicPolicy(
            f"{self._name}-{what}-policy",
            arn=topic.arn,
            policy=pulumi.Output.all(topic.arn, context.account_id).apply(
                lambda known: resource_policies.alarm_topic(known[0], known[1], context.region)
            ),
            opts=child,
        )
        return known_after(topic.arn, [policy])


def _label(email: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", email.lower()).strip("-")
