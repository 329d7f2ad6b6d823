"""How long CloudWatch keeps logs."""

from typing import Annotated

from pydantic import AfterValidator

RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""Retention periods that CloudWatch Logs accepts (API reference of PutRetentionPolicy)."""


def _retention_period(days: int) -> int:
    if days not in RETENTION_DAYS:
        raise ValueError("not a period that CloudWatch knows")
    return days


RetentionDays = Annotated[int, AfterValidator(_retention_period)]
