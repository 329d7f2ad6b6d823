"""Writes the table of rules into `docs/policies.md`: `python -m policies.documentation`."""

from pathlib import Path

from policies.rule import StackRule
from policies.rules import THEMES

FILE = Path(__file__).resolve().parents[1] / "docs" / "policies.md"
_START = "<!-- rules -->\n"


def table() -> str:
    """Return a Markdown table of all rules with their controls."""
    lines: list[str] = []
    for theme, rules in THEMES.items():
        lines += [f"\n### {theme}\n", "| Rule | Requirement | Stops a deployment | Controls |", "|---|---|---|---|"]
        for rule in rules:
            title = f"{rule.title} (all resources together)" if isinstance(rule, StackRule) else rule.title
            lines.append(f"| `{rule.id}` | {title} | {rule.level.value} | {', '.join(rule.controls) or '-'} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Replace the part of the file that follows the mark."""
    text, mark, _ = FILE.read_text().partition(_START)
    FILE.write_text(f"{text}{mark}{table()}")


if __name__ == "__main__":
    main()
