"""Whether the charts that the program installs take the values that it passes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from cfnlint.jsonschema import StandardValidator

import emulator.chart_repository


def problems(release: Mapping[str, Any]) -> list[str]:
    """What the schema of the release's chart, in the version that it asks for, says of its values."""
    folder: Path = emulator.chart_repository.CHARTS / release["chart"]
    assert yaml.safe_load((folder / "Chart.yaml").read_text())["version"] == release["version"]
    schema = json.loads((folder / "values.schema.json").read_text())
    errors = StandardValidator(schema).iter_errors(release["values"])
    return [f"{'.'.join(map(str, error.path))}: {error.message}" for error in errors]
