"""Says which versions run, and until when AWS supports that of Kubernetes."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from analysis.preview import State
from ops.report.document import Section, Table
from ops.report.facts import CLUSTER, Facts

_DATABASE = "aws:rds/cluster:Cluster"
_CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
_ADDON = "aws:eks/addon:Addon"
_CHART = "kubernetes:helm.sh/v3:Release"
_DEFAULT = "AWS's or the chart's default"


def version_section(facts: Facts) -> Section:
    """Return the versions of the control plane, the add-ons, the charts and the stores."""
    columns = ("Part", "What", "Version", "Standard support ends")
    note = "AWS tells the end of support of Kubernetes versions; ./openmarket ops doctor warns 60 days before it."
    return Section("versions", "Which versions run", (Table("Versions", columns, list(_rows(facts))), note))


def _rows(facts: Facts) -> Iterator[tuple[str, str, str, str]]:
    for each in facts.of_type(CLUSTER):
        version = _first(each, "version")
        end = facts.support.get(version, "")
        yield "Kubernetes", "control plane", version, _left(end, facts.now.date()) if end else "AWS did not tell"
    for each in facts.of_type(_DATABASE):
        yield each.name, f"database, {_first(each, 'engine')}", _first(each, "engineVersionActual", "engineVersion"), ""
    for each in facts.of_type(_CACHE):
        yield each.name, f"cache, {_first(each, 'engine')}", _first(each, "engineVersionActual", "engineVersion"), ""
    for each in facts.of_type(_ADDON):
        yield _first(each, "addonName"), "EKS add-on", _first(each, "addonVersion"), ""
    for each in facts.of_type(_CHART):
        yield _first(each, "chart"), "chart", _first(each, "version"), ""


def _first(state: State, *names: str) -> str:
    """Return the first of the properties that the resource has, as AWS tells it or else as the program sets it."""
    sources: tuple[Mapping[str, Any], ...] = (state.outputs, state.inputs)
    found = (source.get(name) for name in names for source in sources)
    return next((each for each in found if isinstance(each, str) and each), _DEFAULT)


def _left(end: str, today: date) -> str:
    days = (date.fromisoformat(end) - today).days
    return f"{end}, in {days} days" if days >= 0 else f"{end}, has ended"
