"""What a service is scaled by besides its CPU and memory."""

from typing import Self

from pydantic import Field, model_validator

from components.base.section import Section, mismatch
from components.config.services.schedule import Schedule, TimeZone

_FIELDS = 'five fields in quotes: minute, hour, day of the month, month, day of the week, such as "{}"'


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
