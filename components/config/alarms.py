"""Configuration of the alarms: who is told, and thresholds that only people who know the shop's traffic can set."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from components.base.section import Section, Switch, Unique, keys_of, mismatch

WATCHDOG = "watchdog"
"""What the topic is for that nobody reads, and that must not fall silent."""


def topic_name(prefix: str, what: str) -> str:
    """The name of a stack's topic for a severity, or for the watchdog."""
    return f"{prefix}-alarms-{what}"


def chat_webhook_name(prefix: str) -> str:
    """The name of the function that posts a stack's alarms to a chat, and of the secret with the address."""
    return f"{prefix}-chat-webhook"


Address = Annotated[str, StringConstraints(pattern=r"^[^@\s,;<>]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}$", max_length=254)]
TopicArn = Annotated[str, Field(pattern=r"^(arn:aws:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256})?$")]


class TopicsConfig(Section):
    """SNS topics that exist, instead of the stack's own. Their policies have to admit CloudWatch and AWS Budgets."""

    critical: TopicArn = Field(
        default="", description="the ARN of an SNS topic for what harms the shop now, or empty for one of the stack's"
    )
    warning: TopicArn = Field(
        default="", description="the ARN of an SNS topic for what can wait until morning, or empty for the stack's"
    )

    @model_validator(mode="after")
    def _different(self) -> Self:
        # SNS keeps one subscription of each receiver for a topic, which two resources would share.
        if self.critical and self.critical == self.warning:
            raise mismatch("warning", self.warning, "another topic than critical, or empty for the stack's own")
        return self


class AlarmsConfig(Section):
    """Receivers and thresholds."""

    emails: Annotated[tuple[Address, ...], Unique] = Field(
        default=(), description="e-mail addresses such as [oncall@example.com], each once; each confirms AWS's message"
    )
    topics: TopicsConfig = Field(default=TopicsConfig(), description=keys_of(TopicsConfig))
    chat_webhook: Switch = Field(
        default=False, description="true to post to a chat, whose address people set in a secret by hand; or false"
    )
    runbook: Annotated[str, Field(pattern=r"^(https://[^\s#]+)?$")] = Field(
        default="",
        description="the https:// address at which people on call read docs/runbook.md, without #; empty for its path",
    )
    latency_seconds: float = Field(
        gt=0, le=60, description="seconds within which 95 % of requests are answered, more than 0 and up to 60"
    )
    blocked_requests: int = Field(
        ge=1, le=2_000_000_000, description="requests in five minutes that the firewall may block, 1 or more"
    )
