"""Loads the unit prices from `prices.yaml`, which is dated."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("prices.yaml")


class Price(BaseModel):
    """USD for one `unit`. `source` is a key of `PriceList.sources`; `note` marks an inferred or approximate price."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    price: Decimal
    unit: str
    source: str
    note: str = ""


class PriceList(BaseModel):
    """Prices by service and item, of one region and date. `free` lists the resource types that cost nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    region: str
    date: date
    currency: str
    sources: Mapping[str, str]
    prices: Mapping[str, Mapping[str, Price]]
    free: frozenset[str]

    def of(self, service: str, item: str) -> Price | None:
        """Return the price of an item; None if there is no verified one."""
        return self.prices.get(service, {}).get(item)


@cache
def prices() -> PriceList:
    """Return the price list of the package."""
    return PriceList.model_validate(yaml.safe_load(FILE.read_text()))
