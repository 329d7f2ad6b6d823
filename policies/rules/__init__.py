"""All rules, by theme."""

from policies.rule import Rule, StackRule
from policies.rules import budget, cost, encryption, exposure, identity, images, logs, outputs, pods, protection, tags

THEMES: dict[str, tuple[Rule | StackRule, ...]] = {
    "Encryption": encryption.RULES,
    "Exposure": exposure.RULES + outputs.RULES,
    "Identity": identity.RULES,
    "Protection of data": protection.RULES,
    "Logs": logs.RULES,
    "Pods": pods.RULES,
    "Images": images.RULES,
    "Tags": tags.RULES,
    "Cost and place": cost.RULES + budget.RULES,
}

RULES = tuple(rule for theme in THEMES.values() for rule in theme)
