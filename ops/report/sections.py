"""Says of a stack what its users and owners ask: what there is, where it answers, what it costs, what happened."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date
from typing import Any, cast

from analysis import stack_file
from analysis.redaction import redacted_text
from ops.graph.architecture import architecture
from ops.graph.drawing import picture
from ops.ingress_rules import Rule, ingress_rules
from ops.operate.deployments import Deployment
from ops.operate.history import changes, images
from ops.operate.showing import lasting
from ops.report.access_section import access_section
from ops.report.alarm_section import alarm_section
from ops.report.document import Cell, Link, Page, Picture, Section, Table
from ops.report.facts import Facts
from ops.report.version_section import version_section

_INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
_DEPLOYMENTS = 10
"""How many operations the page has; `history` shows all."""
_TIME = "%Y-%m-%d %H:%M UTC"


def page(facts: Facts) -> Page:
    """Return the page about a stack."""
    name = stack_file.prefix(facts.stack)
    parts = (picture_section, address_section, version_section, cost_section, access_section, alarm_section,
             policy_section, deployment_section)  # fmt: skip
    return Page(name, list(_lead(facts)), [part(facts) for part in parts])


def _lead(facts: Facts) -> Iterator[str]:
    yield f"As the last deployment made it; read {facts.now.strftime(_TIME)}."
    if last := next(iter(facts.history), None):
        yield f"Last operation: {last.kind} #{last.number} {last.result}, begun {_time(last)}."
    yield _cost(facts)


def picture_section(facts: Facts) -> Section:
    """Return the picture, and its parts in words."""
    drawn = architecture(facts.states, stack_file.prefix(facts.stack))
    titles = {box.name: box.title for box in drawn.boxes}
    arrows = list(dict.fromkeys((arrow.source, arrow.target) for arrow in drawn.arrows))
    rows = [
        (box.title, box.lines, [titles[target] for source, target in arrows if source == box.name])
        for box in drawn.boxes
    ]
    title = f"{stack_file.prefix(facts.stack)}: {drawn.vpc}, {drawn.cluster}"
    return Section(
        "picture", "What there is",
        (Picture(title, picture(title, drawn)), Table("Its parts", ("Part", "Size", "Reaches"), rows)),
    )  # fmt: skip


def address_section(facts: Facts) -> Section:
    """Return the hosts with what answers there, and the outputs."""
    rules = [rule for each in facts.of_type(_INGRESS) for rule in ingress_rules(each.inputs) if rule.host]
    hosts = [(f"{rule.host}{rule.path}", _target(rule), rule.networks or "everybody") for rule in rules]
    outputs = [(name, _entries(value)) for name, value in sorted(facts.outputs.items())]
    return Section(
        "addresses", "Where it answers",
        (
            Table("Public addresses", ("Address", "Leads to", "For"), hosts, "No public address."),
            Table("Outputs of the stack, without anything secret", ("Output", "Value"), outputs),
        ),
    )  # fmt: skip


def _target(rule: Rule) -> str:
    words = {"forward": rule.target, "redirect": f"redirect to {rule.target}"}
    return words.get(rule.action, "an answer of the load balancer")


def _entries(value: Any) -> list[Cell]:
    """Return an output's entries, one for each line of its cell."""
    if isinstance(value, Mapping):
        return [f"{key}: {each}" for key, each in sorted(cast(Mapping[str, Any], value).items())]
    entries = cast(list[Any], value) if isinstance(value, list) else [value]
    return [_cell(str(each)) for each in entries] or ["none"]


def _cell(text: str) -> Cell:
    return Link(text, text) if text.startswith(("https://", "http://")) else text


def cost_section(facts: Facts) -> Section:
    """Return what a month costs, by AWS service and by component, and what has no price."""
    found = facts.estimate
    services, components = (
        [*((name, f"{amount:,.2f}") for name, amount in by.items() if amount), ("Total", f"{found.total:,.2f}")]
        for by in (found.by_service, found.by_component)
    )
    assumed = (
        "An estimate from list prices and the usage that the stack file assumes. With all nodes and serverless "
        f"databases at their maximum it is {found.ceiling:,.2f} USD."
    )
    missing = sorted({line.kind for line in found.unpriced})
    without = [f"Without a price, so not counted: {', '.join(missing)}."] if missing else []
    return Section(
        "cost", "What a month costs",
        (
            _cost(facts), assumed,
            Table("By AWS service", ("AWS service", ">USD a month"), services),
            Table("By component", ("Component", ">USD a month"), components),
            *without,
        ),
    )  # fmt: skip


def _cost(facts: Facts) -> str:
    budget, total = facts.cost.monthly_budget, facts.estimate.total
    side = "below" if total <= budget else "above"
    difference = abs(budget - total)
    return f"Estimated cost: {total:,.2f} USD a month, {difference:,.2f} {side} the budget of {budget:,.2f}."


def policy_section(facts: Facts) -> Section:
    """Return which violations of policies are accepted, why and for how long."""
    there = {each.name for each in facts.states}
    rows = [
        (
            each.rule,
            [each.resource, *([] if each.resource in there else ["not in this stack at present"])],
            each.reason,
            _until(each.until, facts.now.date()),
        )
        for each in facts.exceptions
    ]
    rule = "Every deployment is checked against the rules in docs/policies.md. Accepted in this stack are:"
    columns = ("Rule", "Resource", "Why", "Until")
    return Section(
        "policies", "Which policies have exceptions", (rule, Table("Exceptions", columns, rows, "No exception."))
    )


def _until(until: date, today: date) -> str:
    return f"{until}, expired" if until < today else str(until)


def deployment_section(facts: Facts) -> Section:
    """Return the last operations."""
    rows = list(_operations(facts.history))
    columns = (">Number", "Begun", "What", "Took", "Changes", "Commit", "Author or run", "Message and images")
    return Section("deployments", "What was deployed", (Table("The last operations", columns, rows),))


def _operations(history: Sequence[Deployment]) -> Iterator[Sequence[Cell | Sequence[Cell]]]:
    for index, each in enumerate(history[:_DEPLOYMENTS]):
        before = next((other for other in history[index + 1 :] if other.deployed), None)
        yield (
            str(each.number),
            _time(each),
            f"{each.kind} {each.result}",
            lasting(each.seconds) if each.seconds is not None else "",
            changes(each),
            each.revision,
            _cell(each.run) if each.run else each.author,
            # People write messages, and may write anything into them.
            [redacted_text(each.message), *images(each, before)],
        )


def _time(each: Deployment) -> str:
    return each.started.astimezone(UTC).strftime(_TIME)
