"""Reads Pulumi URNs: `urn:pulumi:<stack>::<project>::<types from the parents down>::<name>`."""

STACK = "pulumi:pulumi:Stack"
"""The type of the resource that is the stack itself. Its outputs are the stack's."""


def name_of(urn: str) -> str:
    """The resource's name in the program."""
    return urn.rpartition("::")[2]


def type_of(urn: str) -> str:
    """The resource's type token, such as `aws:rds/cluster:Cluster`; empty if it is no URN."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""
