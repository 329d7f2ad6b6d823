"""The stack file, where the digest of what runs is written down."""

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from analysis import stack_file


def image(stack: str, service: str, name: str) -> bool:
    """Let the stack run the image; everything else in the file stays as it is. Whether that changed the file."""
    file = stack_file.PROJECT / f"Pulumi.{stack}.yaml"
    yaml: Any = YAML()
    yaml.preserve_quotes = True
    # Longer than any line: what is written by hand is not wrapped differently.
    yaml.width = 4096
    document: Any = yaml.load(file.read_text())
    stanza = document["config"]["openmarket:services"][service]
    if stanza.get("image") == name:
        return False
    stanza["image"] = DoubleQuotedScalarString(name)
    with file.open("w") as stream:
        yaml.dump(document, stream)
    return True
