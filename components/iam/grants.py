"""Permissions on their way to a role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # Definitions of add-ons, and with them the configuration, are read without the SDK.
    import pulumi


@dataclass(frozen=True)
class Grant:
    """A permission that a role gets as an inline policy."""

    name: str
    """Unique among the grants of the role; part of the policy's resource name."""
    policy: pulumi.Input[str]
    """The policy document, JSON."""


@dataclass(frozen=True)
class ManagedGrant:
    """A permission that a role gets by attaching a policy of AWS."""

    name: str
    """Unique among the grants of the role; part of the attachment's resource name."""
    policy_arn: str


@dataclass(frozen=True)
class LongGrant:
    """A permission whose document is too long to be inline: the role gets a customer managed policy of its own."""

    name: str
    """Unique among the grants of the role; part of the resource names."""
    policy: str
    """The policy document, JSON; at most 6,144 characters without white space (an IAM quota)."""


AnyGrant = Grant | ManagedGrant | LongGrant
