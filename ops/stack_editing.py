"""Changes values in a stack file and leaves everything else as it was written, comments included."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis import stack_file


def file_of(stack: str) -> Path:
    """Return the stack's file."""
    return stack_file.PROJECT / f"Pulumi.{stack}.yaml"


def set_values(stack: str, where: Sequence[str], values: Mapping[str, str | int]) -> bool:
    """Set values of a mapping below `config`, such as that of a service, and return whether any differed."""
    from ruamel.yaml import YAML
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    file = file_of(stack)
    yaml: Any = YAML()
    yaml.preserve_quotes = True
    # Wider than any line, so that lines written by hand are not wrapped.
    yaml.width = 4096
    document: Any = yaml.load(file.read_text())
    mapping = document["config"]
    for key in where:
        mapping = mapping[key]
    changed = {key: value for key, value in values.items() if mapping.get(key) != value}
    if not changed:
        return False
    for key, value in changed.items():
        mapping[key] = DoubleQuotedScalarString(value) if isinstance(value, str) else value
    with file.open("w") as stream:
        yaml.dump(document, stream)
    return True
