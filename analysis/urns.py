"""Parses Pulumi URNs: `urn:pulumi:<stack>::<project>::<types of the parents and the resource>::<name>`."""

STACK = "pulumi:pulumi:Stack"
"""Type of the resource that represents the stack itself; its outputs are the stack outputs."""


def name_of(urn: str) -> str:
    """Return the resource's name in the program."""
    return urn.rpartition("::")[2]


def type_of(urn: str) -> str:
    """Return the resource's type token, such as `aws:rds/cluster:Cluster`; empty if the text is not a URN."""
    parts = urn.split("::")
    return parts[2].rpartition("$")[2] if len(parts) > 3 else ""
