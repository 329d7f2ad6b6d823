"""Custom resource definitions that a chart has in its folder `crds`.

Helm creates what is in there with a chart's first release, and never touches it again. A raised pin would run the new
controller on the definitions of the old one.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import pulumi
import pulumi_kubernetes as kubernetes
from pulumi.runtime import invoke_output

from components.addons.parts import Chart
from components.platform.helm_source import source


@dataclass(frozen=True)
class Definition:
    """What a chart says of one definition."""

    spec: Mapping[str, Any]
    annotations: Mapping[str, str]
    labels: Mapping[str, str]


_FORCE = {"pulumi.com/patchForce": "true"}
"""Helm, or the stack before an add-on was switched off, may own the fields. The provider's setting is for updates."""
_MANAGED_BY = {"app.kubernetes.io/managed-by": "pulumi"}
"""Charts give no labels there, and Kubernetes does not keep an empty set of them: a refresh would find it missing."""
_UNKNOWN = Definition({}, {}, {})
_API_VERSION, _KIND = "apiextensions.k8s.io/v1", "CustomResourceDefinition"


def definitions(name: str, chart: Chart, opts: pulumi.ResourceOptions) -> list[pulumi.Resource]:
    """Creates the definitions that a chart names, as its version has them, or upgrades those that are there.

    They stay in the cluster when they leave the stack: with a definition, all objects of its kind are deleted. They are
    without descriptions, which nothing but `kubectl explain` reads and which are most of their size.

    Args:
        name: The beginning of resource names.
        chart: The chart, with the repository that it comes from.
        opts: Options of the release, which comes after the definitions.
    """
    if not chart.definitions:
        return []
    place = source(chart)
    options = {
        "chart": place.chart,
        "version": chart.version,
        "fetch_opts": {"repo": place.repository} if place.repository else {},
        "release_name": chart.name,
        "values": dict(chart.values_for_definitions),
    }
    # Before there is a cluster, a preview knows its provider not well enough to ask it: it answers nothing.
    rendered: pulumi.Output[Any] = invoke_output(
        "kubernetes:helm:template",
        {"jsonOpts": json.dumps(options, sort_keys=True)},
        pulumi.InvokeOptions(parent=opts.parent, provider=opts.provider),
    )
    found = rendered.apply(lambda answer: by_chart(chart, _objects(answer)))
    # A patch takes over what Helm has created, where a resource of the kind itself would find it in its way.
    kept = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(retain_on_delete=True))
    return [
        kubernetes.apiextensions.CustomResourcePatch(
            f"{name}-{each}",
            api_version=_API_VERSION,
            kind=_KIND,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=each,
                # Kubernetes wants an approval for groups of its own, such as autoscaling.k8s.io.
                annotations=found.apply(
                    lambda by_name, each=each: {**by_name.get(each, _UNKNOWN).annotations, **_FORCE}
                ),
                labels=found.apply(lambda by_name, each=each: {**by_name.get(each, _UNKNOWN).labels, **_MANAGED_BY}),
            ),
            spec=found.apply(lambda by_name, each=each: by_name.get(each, _UNKNOWN).spec),
            opts=kept,
        )
        for each in chart.definitions
    ]


def _objects(answer: Mapping[str, Any] | None) -> Sequence[Mapping[str, Any]]:
    return (answer or {}).get("result") or []


def by_chart(chart: Chart, objects: Sequence[Mapping[str, Any]]) -> dict[str, Definition]:
    """The definitions among a chart's objects by name; empty if nothing was rendered.

    Raises:
        ValueError: The chart has others than it was said to have.
    """
    found = {str(each["metadata"]["name"]): each for each in objects if each and each.get("kind") == _KIND}
    if objects and set(found) != set(chart.definitions):
        more, less = sorted(set(found) - set(chart.definitions)), sorted(set(chart.definitions) - set(found))
        told = [f"lacks {', '.join(less)}"] if less else []
        told += [f"brings {', '.join(more)} besides"] if more else []
        raise ValueError(
            f"chart {chart.name} {chart.version} {' and '.join(told)}: set the `definitions` of its add-on in "
            "components/addons to what is in its folder crds"
        )
    return {
        name: Definition(
            without_descriptions(each["spec"]),
            each["metadata"].get("annotations") or {},
            each["metadata"].get("labels") or {},
        )
        for name, each in found.items()
    }


def without_descriptions(schema: Any) -> Any:
    """The value without texts for people. A property may be called `description`: its value is no text."""
    if isinstance(schema, Mapping):
        entries = cast(Mapping[str, Any], schema).items()
        return {
            key: without_descriptions(value)
            for key, value in entries
            if not (key == "description" and isinstance(value, str))
        }
    if isinstance(schema, list):
        return [without_descriptions(each) for each in cast(list[Any], schema)]
    return schema
