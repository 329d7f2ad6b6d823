"""Maps the level of a rule to the engine's enforcement level for the current stack."""

from pulumi import Config
from pulumi_policy import EnforcementLevel

from policies.rule import Level


def is_production() -> bool:
    """Return False only if `openmarket:production` is false; a stack without the setting counts as production."""
    return Config("openmarket").get("production") != "false"


def enforcement(level: Level, production: bool) -> EnforcementLevel:
    """Return the engine's enforcement level for a rule of this level."""
    if production or level is Level.ALWAYS:
        return EnforcementLevel.MANDATORY
    return EnforcementLevel.ADVISORY if level is Level.ADVISED else EnforcementLevel.DISABLED
