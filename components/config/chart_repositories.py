"""Configuration of where charts come from."""

from typing import Annotated

from pydantic import AfterValidator, Field

from components.addons import catalogue

CHARTS = tuple(catalogue.charts())
"""Helm charts of this program."""


def _known_chart(name: str) -> str:
    if name not in CHARTS:
        raise ValueError(f"{name} is not a chart of this program")
    return name


_Repository = Annotated[str, Field(pattern=r"^(https://\S+|oci://[A-Za-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)*/?)$")]
"""An index, or in a registry the folder of the chart: without its name, tag or digest."""

ChartRepositories = dict[Annotated[str, AfterValidator(_known_chart)], _Repository]
