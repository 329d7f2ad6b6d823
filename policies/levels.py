"""Which stack this is, and what that makes of a rule's level."""

from pulumi import Config
from pulumi_policy import EnforcementLevel

from policies.rule import Level


def is_production() -> bool:
    """Whether the stack says `openmarket:production`. One that says nothing is judged as production."""
    return Config("openmarket").get("production") != "false"


def enforcement(level: Level, production: bool) -> EnforcementLevel:
    """The engine's level for a rule."""
    if production or level is Level.ALWAYS:
        return EnforcementLevel.MANDATORY
    return EnforcementLevel.ADVISORY if level is Level.ADVISED else EnforcementLevel.DISABLED
