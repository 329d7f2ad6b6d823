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
    """A chart by name and version, and the repository that it comes from: an index at https://, or a folder at oci://."""

    name: str
    version: str
    repository: str

    @property
    def source(self) -> dict[str, Any]:
        """Where a release finds it. A registry has no index: Helm takes the whole reference of the chart instead."""
        if self.repository.startswith("oci://"):
            return {"chart": f"{self.repository.rstrip('/')}/{self.name}"}
        return {"chart": self.name, "repository_opts": kubernetes.helm.v3.RepositoryOptsArgs(repo=self.repository)}


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
        **chart.source,
        version=chart.version,
        namespace=namespace,
        values=dict(values),
        atomic=True,
        timeout=_TIMEOUT_SECONDS,
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after), custom_timeouts=_TIMEOUTS),
    )
