"""What a command has asked AWS about a stack's account. It only reads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ops import aws
from ops.objects import part, parts
from ops.operate.pending import Operation

GLOBAL = "us-east-1"
"""The region of services that have none, such as IAM and CloudFront."""
Ids = Sequence[str]


@dataclass
class Account:
    """The stack's account and region, as far as it has been asked.

    Attributes:
        tags: Those that all resources of the stack have, by which they are listed.
    """

    region: str
    id: str
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    _answers: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict[tuple[str, ...], dict[str, Any]])

    def ask(self, *words: str, region: str = "") -> dict[str, Any]:
        """Return AWS's answer, for which it is asked once; empty if what is asked for does not exist."""
        question = (region or self.region, *words)
        if question not in self._answers:
            try:
                self._answers[question] = aws.ask(*question)
            except aws.NotFound:
                self._answers[question] = {}
        return self._answers[question]

    def tagged(self, region: str) -> Sequence[Mapping[str, Any]]:
        """Return the ARNs and tags of what has the stack's tags in a region."""
        filters = [f"Key={key},Values={value}" for key, value in sorted(self.tags.items())]
        found = self.ask("resourcegroupstaggingapi", "get-resources", "--tag-filters", *filters, region=region)
        return parts(found, "ResourceTagMappingList")


def has_tags(listed: Mapping[str, Any], creation: Operation) -> bool:
    """Return whether it has all tags of the creation; AWS and controllers may have added others."""
    tags = {str(each["Key"]): str(each["Value"]) for each in parts(listed, "Tags")}
    return part(creation.inputs, "tagsAll").items() <= tags.items()


Find = Callable[[Account, Operation], Ids]
"""Finds the ids by which the provider imports what may have come of a creation."""
