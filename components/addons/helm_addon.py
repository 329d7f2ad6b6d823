"""The shape that all Helm releases of this program share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

_TIMEOUT_SECONDS = 600
_TIMEOUTS = pulumi.CustomTimeouts(create="15m", update="15m", delete="15m")


@dataclass(frozen=True)
class Chart:
    """A chart by name and version, and the repository that it comes from."""

    name: str
    version: str
    repository: str


def helm_release(
    name: str,
    chart: Chart,
    namespace: str,
    values: Mapping[str, Any],
    parent: pulumi.Resource,
    after: Sequence[pulumi.Resource],
) -> kubernetes.helm.v3.Release:
    """A release of the chart, named like it.

    A failed install is rolled back rather than left pending, and one that succeeds has all its pods ready.
    """
    return kubernetes.helm.v3.Release(
        f"{name}-release",
        name=chart.name,
        chart=chart.name,
        version=chart.version,
        namespace=namespace,
        repository_opts=kubernetes.helm.v3.RepositoryOptsArgs(repo=chart.repository),
        values=dict(values),
        atomic=True,
        timeout=_TIMEOUT_SECONDS,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after), custom_timeouts=_TIMEOUTS),
    )
