"""Changes values in a stack file and leaves everything else as it was written, comments included."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from analysis import stack_file


def file_of(stack: str) -> Path:
    """Return the stack's file."""
    return stack_file.PROJECT / f"Pulumi.{stack}.yaml"


def set_values(stack: str, where: Sequence[str], values: Mapping[str, Any]) -> bool:
    """Set values of a mapping below `config`, such as that of a service, and return whether any differed."""
    from ruamel.yaml import YAML

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
        mapping[key] = _quoted(value)
    with file.open("w") as stream:
        yaml.dump(document, stream)
    return True


def _quoted(value: Any) -> Any:
    """Return the value with quotes around every text in it: YAML reads some as a number or a time."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, str):
        return DoubleQuotedScalarString(value)
    if isinstance(value, Mapping):
        return {key: _quoted(each) for key, each in cast(Mapping[str, Any], value).items()}
    if isinstance(value, Sequence):
        return [_quoted(each) for each in cast(Sequence[Any], value)]
    return value
