"""Helm releases as this program creates them."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.addons.parts import Chart
from components.platform.helm_source import source

_TIMEOUT_SECONDS = 600
_TIMEOUTS = pulumi.CustomTimeouts(create="15m", update="15m", delete="15m")


def helm_release(
    name: str, chart: Chart, namespace: str, values: Mapping[str, Any], opts: pulumi.ResourceOptions
) -> kubernetes.helm.v3.Release:
    """Creates a release of the chart, named like it.

    A failed install is rolled back rather than left pending, and one that succeeds has all its pods ready.
    """
    place = source(chart)
    repository = kubernetes.helm.v3.RepositoryOptsArgs(repo=place.repository) if place.repository else None
    return kubernetes.helm.v3.Release(
        name,
        name=chart.name,
        chart=place.chart,
        repository_opts=repository,
        version=chart.version,
        namespace=namespace,
        values=dict(values),
        atomic=True,
        timeout=_TIMEOUT_SECONDS,
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(custom_timeouts=_TIMEOUTS)),
    )
