"""A Release's inputs: what it may say, and which changes replace it."""

from collections.abc import Mapping
from typing import Any

from emulator.kubernetes import charts, naming
from emulator.plugins.provider import Diff, Failure, Properties, Resource
from emulator.plugins.values import UNKNOWN, has_unknown

DEFAULT_SECONDS = 300

_KNOWN = {
    "atomic", "chart", "cleanupOnFail", "compat", "createNamespace", "dependencyUpdate", "description", "forceUpdate",
    "lint", "maxHistory", "name", "namespace", "repositoryOpts", "resetValues", "resourceNames", "reuseValues",
    "skipAwait", "skipCrds", "timeout", "values", "verify", "version", "waitForJobs",
}  # fmt: skip
_UNSUPPORTED_VALUES = ("verify", "reuseValues", "dependencyUpdate")


def check(resource: Resource, inputs: Properties, seed: bytes) -> tuple[Properties, list[Failure]]:
    """Fill in name, namespace and timeout; find what the chart does not take."""
    failures = [
        Failure(key, f"the emulator's Release does not support {key!r}")
        for key in sorted(inputs)
        if key not in _KNOWN or (key in _UNSUPPORTED_VALUES and inputs[key] not in (None, False))
    ]
    name = inputs.get("name") or resource.inputs.get("name") or naming.generated(resource.name, seed)
    filled = {
        **inputs,
        "name": name,
        "namespace": inputs.get("namespace") or "default",
        "timeout": inputs.get("timeout") or DEFAULT_SECONDS,
    }
    return filled, failures + _chart_failures(inputs)


def diff(old: Properties, new: Properties, paths: Mapping[str, str]) -> Diff:
    """A release cannot be renamed or moved to another namespace."""
    replaces = frozenset({"name", "namespace"} & paths.keys())
    del old, new
    return Diff(paths, replaces)


def _chart_failures(inputs: Mapping[str, Any]) -> list[Failure]:
    chart_name, version = inputs.get("chart"), inputs.get("version") or ""
    if UNKNOWN in (chart_name, version):
        return []
    repository = (inputs.get("repositoryOpts") or {}).get("repo", "")
    failures: list[Failure] = []
    if repository != UNKNOWN and not str(repository or chart_name).startswith(("https://", "http://", "oci://")):
        failures.append(Failure("repositoryOpts", f"repositoryOpts.repo must be the URL of {chart_name}'s repository"))
    try:
        chart = charts.lookup(str(chart_name), str(version))
    except charts.UnknownChart as error:
        return [*failures, Failure("chart", str(error))]
    values = inputs.get("values") or {}
    if not has_unknown(values):
        failures += [Failure("values", problem) for problem in chart.problems(values)]
    return failures
