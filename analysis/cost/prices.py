"""Unit prices, from the dated file beside this one."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("prices.yaml")


class Price(BaseModel):
    """USD for one `unit`. `note` says if it is inferred or approximate."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    price: Decimal
    unit: str
    source: str
    note: str = ""


class PriceList(BaseModel):
    """Prices by service and item. `free` are the resource types that cost nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: str
    date: date
    currency: str
    sources: Mapping[str, str]
    prices: Mapping[str, Mapping[str, Price]]
    free: frozenset[str]

    def of(self, service: str, item: str) -> Price | None:
        """The price of an item; None if there is no verified one."""
        return self.prices.get(service, {}).get(item)


@cache
def prices() -> PriceList:
    """The list in the package."""
    return PriceList.model_validate(yaml.safe_load(FILE.read_text()))
