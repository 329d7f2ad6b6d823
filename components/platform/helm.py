"""Helm releases as this program creates them."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.addons.parts import Chart

_TIMEOUT_SECONDS = 600
_TIMEOUTS = pulumi.CustomTimeouts(create="15m", update="15m", delete="15m")


def helm_release(
    name: str, chart: Chart, namespace: str, values: Mapping[str, Any], opts: pulumi.ResourceOptions
) -> kubernetes.helm.v3.Release:
    """Creates a release of the chart, named like it.

    A failed install is rolled back rather than left pending, and one that succeeds has all its pods ready.
    """
    return kubernetes.helm.v3.Release(
        name,
        name=chart.name,
        **_source(chart),
        version=chart.version,
        namespace=namespace,
        values=dict(values),
        atomic=True,
        timeout=_TIMEOUT_SECONDS,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(custom_timeouts=_TIMEOUTS)),
    )


def _source(chart: Chart) -> dict[str, Any]:
    """The place of a chart. A registry has no index: Helm takes the whole reference of the chart instead."""
    if chart.repository.startswith("oci://"):
        return {"chart": f"{chart.repository.rstrip('/')}/{chart.name}"}
    return {"chart": chart.name, "repository_opts": kubernetes.helm.v3.RepositoryOptsArgs(repo=chart.repository)}
