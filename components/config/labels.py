"""Labels as Kubernetes accepts them, and tags as AWS does."""

from collections import Counter
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from components.base.section import Section

_NAME = r"[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
_DOMAIN = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
_RESERVED = ("kubernetes.io/", "k8s.io/", "eks.amazonaws.com/")
"""EKS refuses such labels of a node group: https://github.com/aws/containers-roadmap/issues/1451"""


def _not_reserved(key: str) -> str:
    if key.startswith(_RESERVED):
        raise ValueError(f"EKS keeps {', '.join(_RESERVED)} for itself")
    return key


QualifiedName = Annotated[str, StringConstraints(pattern=rf"^({_DOMAIN}/)?{_NAME}$", max_length=317)]
"""The key of a label or taint: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/"""

LabelKey = Annotated[QualifiedName, AfterValidator(_not_reserved)]
LabelValue = Annotated[str, StringConstraints(pattern=rf"^({_NAME})?$")]

LABELS = (
    "keys such as workload or example.com/workload, values of at most 63 letters, digits, dots, hyphens and "
    "underscores, with a letter or digit at both ends"
)

REQUIRED_TAGS = ("Project", "Environment", "ManagedBy", "CostCenter", "Repository")

_TAG = r"[\w .:/=+@-]"
TagKey = Annotated[str, StringConstraints(pattern=rf"^{_TAG}+$", max_length=128)]
"""https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions"""
TagValue = Annotated[str, StringConstraints(pattern=rf"^{_TAG}*$", max_length=256)]


def _distinct(tags: dict[str, str]) -> dict[str, str]:
    """The tags, unless AWS keeps one to itself or IAM, for which case makes no difference, would take two for one."""
    if own := [key for key in tags if key.lower().startswith("aws:")]:
        raise ValueError(f"aws: is AWS's own prefix, as in {', '.join(own)}")
    count = Counter(key.lower() for key in tags)
    if alike := [key for key in tags if count[key.lower()] > 1]:
        raise ValueError(f"{' and '.join(alike)} differ in case only, which IAM does not tell apart")
    return tags


def _complete(tags: dict[str, str]) -> dict[str, str]:
    missing = [tag for tag in REQUIRED_TAGS if not tags.get(tag)]
    if missing:
        raise ValueError(f"missing {', '.join(missing)}")
    return tags


class DefaultTags(Section):
    """The tags that the AWS provider puts on everything it creates."""

    tags: Annotated[dict[TagKey, TagValue], AfterValidator(_complete), AfterValidator(_distinct)] = Field(
        description=f"a mapping with at least {', '.join(REQUIRED_TAGS)}, of letters, digits, spaces and _.:/=+-@"
    )
