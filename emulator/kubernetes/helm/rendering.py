"""From a Release's inputs to the objects of its chart, and to its outputs."""

from emulator.kubernetes import charts, control_plane
from emulator.kubernetes.api import Api, Object
from emulator.kubernetes.charts.chart import Rendering, merged
from emulator.kubernetes.helm.storage import Record
from emulator.plugins.provider import Properties, ProviderError

NAME_MARK, NAMESPACE_MARK = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"


def record(api: Api, inputs: Properties, revision: int, status: str) -> Record:
    """The revision that the inputs ask for.

    Raises:
        ProviderError: The chart does not take the values.
    """
    chart = charts.lookup(str(inputs["chart"]), str(inputs.get("version") or ""))
    values = inputs.get("values") or {}
    problems = chart.problems(values)
    if problems:
        raise ProviderError("\n".join(problems))
    cluster = control_plane.named(api.server)
    version = str(inputs["version"]).removeprefix("v")
    rendering = Rendering(
        release=str(inputs["name"]),
        namespace=str(inputs["namespace"]),
        version=chart.versions[version],
        values=merged(chart.defaults, values),
        webhook_url=f"https://127.0.0.1:{control_plane.webhook_port(cluster)}",
        webhook_authority=control_plane.reached(cluster).certificate_authority,
    )
    manifest = tuple(_owned(target, rendering) for target in chart.render(rendering))
    return Record(
        rendering.release,
        rendering.namespace,
        revision,
        status,
        chart.name,
        version,
        rendering.version,
        values,
        manifest,
    )


def key(target: Object) -> tuple[str, str, str]:
    """What makes an object the same in two revisions."""
    metadata = target["metadata"]
    return f"{target['apiVersion']}/{target['kind']}", metadata.get("namespace", ""), metadata["name"]


def outputs(inputs: Properties, deployed: Record) -> Properties:
    """The Release's outputs."""
    names: dict[str, list[str]] = {}
    for target in deployed.manifest:
        _, namespace, name = key(target)
        kind = f"{target['kind']}/{target['apiVersion']}"
        names.setdefault(kind, []).append("/".join(filter(None, (namespace, name))))
    return {
        **inputs,
        "resourceNames": names,
        "status": {
            "name": deployed.name,
            "namespace": deployed.namespace,
            "revision": deployed.revision,
            "status": deployed.status,
            "chart": deployed.chart,
            "version": deployed.version,
            "appVersion": deployed.app_version,
        },
    }


def _owned(target: Object, rendering: Rendering) -> Object:
    """The object with the marks by which Helm knows its own."""
    metadata = target["metadata"]
    labels = {**metadata.get("labels", {}), "app.kubernetes.io/managed-by": "Helm"}
    marks = {NAME_MARK: rendering.release, NAMESPACE_MARK: rendering.namespace}
    return {
        **target,
        "metadata": {**metadata, "labels": labels, "annotations": {**metadata.get("annotations", {}), **marks}},
    }
