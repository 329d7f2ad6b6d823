"""What a service is scaled by besides its CPU and memory."""

from typing import Self

from pydantic import Field, model_validator

from components.base.section import Section, mismatch
from components.config.services.schedule import Schedule, TimeZone

_FIELDS = 'five fields in quotes: minute, hour, day of the month, month, day of the week, such as "{}"'


class QueueConfig(Section):
    """A queue that a service takes its work from. Who made it is somebody else's business, and who sends to it."""

    arn: str = Field(
        pattern=r"^arn:aws:sqs:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,75}(\.fifo)?$",
        description="the ARN of a queue in SQS that exists already; the service finds its address in QUEUE_URL",
    )
    key_arn: str = Field(
        default="",
        pattern=r"^(arn:aws:kms:[a-z0-9-]+:\d{12}:key/[a-z0-9-]+)?$",
        description="the ARN of the KMS key that encrypts its messages, or empty if that is SQS's own",
    )
    messages_per_pod: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="messages in the queue, those in work included, per pod at which replicas are added, up to "
        "1000000; none for no such target",
    )

    @property
    def region(self) -> str:
        """Where it is."""
        return self.arn.split(":")[3]

    @property
    def url(self) -> str:
        """Its address."""
        _, _, _, region, account, name = self.arn.split(":")
        return f"https://sqs.{region}.amazonaws.com/{account}/{name}"


class ScheduledReplicasConfig(Section):
    """A time in which a service has more pods at least, such as that of a sale."""

    start: Schedule = Field(description=_FIELDS.format("50 8 25 11 *"))
    end: Schedule = Field(description=_FIELDS.format("0 1 26 11 *"))
    time_zone: TimeZone = Field(default="Etc/UTC", description="a zone of the IANA data base, such as Asia/Seoul")
    replicas: int = Field(ge=2, description="the minimum in that time, more than the service's replicas")

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.end.split() == self.start.split():
            raise mismatch("end", self.end, "another time than start")
        return self
