"""Checks the tags that name a resource's owner and cost centre."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policies.resources import Resource, Values
from policies.rule import Level, Rule, Violation

REQUIRED = ("Project", "Environment", "ManagedBy", "CostCenter", "Repository")


def default_tags(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for an AWS provider whose default tags lack a required one."""
    settings = resource.props.get("defaultTags")
    # Providers receive nested settings as JSON.
    found: Mapping[str, Any] = Values(json.loads(settings)) if isinstance(settings, str) else settings or {}
    tags: Mapping[str, str] = found.get("tags") or {}
    missing = [tag for tag in REQUIRED if not tags.get(tag)]
    if missing:
        yield Violation(f"the default tags lack {', '.join(missing)}", "these tags in aws:defaultTags")


RULES = (
    Rule(
        "default-tags",
        "AWS resources have the required tags",
        (),
        Level.ALWAYS,
        ("pulumi:providers:aws",),
        default_tags,
    ),
)  # fmt: skip
