"""Finds schemas of services that the stack file no longer has: the database keeps them."""

from collections.abc import Iterator

from analysis.preview import Preview
from ops.comment.facts import SchemaLeft
from ops.comment.finding import Finding, Kind, Severity

_SCHEMA = "openmarket:data:Schema"
_DATABASE = "aws:rds/cluster:Cluster"


def left(preview: Preview) -> Iterator[Finding]:
    """Yield a finding for each schema that no service uses any more, unless the database goes too."""
    if not any(each.type == _DATABASE for each in preview.after):
        return
    used = {each.urn for each in preview.after}
    for each in preview.before:
        if each.type == _SCHEMA and each.urn not in used:
            fact = SchemaLeft(str(each.outputs.get("schema")))
            yield Finding(Severity.LOOK, Kind.DELETION, each.name, each.type, fact)
