"""Who owns a resource and who pays for it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policies.resources import Resource, Values
from policies.rule import Level, Rule, Violation

REQUIRED = ("Project", "Environment", "ManagedBy", "CostCenter", "Repository")


def default_tags(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for an AWS provider that does not put every required tag on everything."""
    settings = resource.props.get("defaultTags")
    # Providers get nested settings as JSON.
    found: Mapping[str, Any] = Values(json.loads(settings)) if isinstance(settings, str) else settings or {}
    tags: Mapping[str, str] = found.get("tags") or {}
    missing = [tag for tag in REQUIRED if not tags.get(tag)]
    if missing:
        yield Violation(f"nothing gets the tags {', '.join(missing)}", "these tags in aws:defaultTags")


RULES = (
    Rule("default-tags", "Every AWS resource has an owner", (), Level.ALWAYS, ("pulumi:providers:aws",), default_tags),
)
