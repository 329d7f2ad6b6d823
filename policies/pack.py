"""The rules as the policies of a pack, which the engine calls for every resource."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

import pulumi
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyPack,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.policy import _PolicyAnalyzerServicer  # pyright: ignore[reportPrivateUsage]
from pulumi_policy.proxy import UnknownValueError

from analysis.exceptions import RuleException, load
from policies.levels import enforcement, is_production
from policies.resources import UNKNOWN, NotYetKnownError, Resource, Stack
from policies.rule import Level, Rule, StackRule, Violation
from policies.rules import RULES

NAME = "openmarket"


class Pack:
    """A run of the pack for one stack: its rules, the accepted violations, and the checks that could not be decided.

    The update checks a resource again when all its inputs are known, before it is created. So checks that a preview
    cannot decide are counted and reported once, at the end of the preview.
    """

    def __init__(
        self,
        stack: str,
        exceptions: Sequence[RuleException],
        production: bool,
        today: date,
        problems: Sequence[str] = (),
    ) -> None:
        self._stack = stack
        self._exceptions = exceptions
        self._problems = problems
        self._production = production
        self._today = today
        self.undecided: Counter[str] = Counter()
        """Number of resources, by rule, that could not be checked because a value is not known yet."""

    def settle(self, stack: str, production: bool, policies: Iterable[Policy]) -> None:
        """Switch to another stack and update the enforcement levels of policies that `policies` returned before."""
        self._stack, self._production = stack, production
        for policy, settled in zip(policies, self.policies(), strict=True):
            policy.enforcement_level = settled.enforcement_level

    def policies(self) -> list[Policy]:
        """Return one policy per rule, and three about the pack itself."""
        own = [
            StackValidationPolicy(
                "exceptions-read",
                "Entries of exceptions.yaml are valid.",
                self._report_problems,
                EnforcementLevel.MANDATORY,
            ),
            StackValidationPolicy(
                "exceptions-current",
                "Entries of exceptions.yaml have not expired.",
                self._report_expired,
                self._level(Level.ADVISED),
            ),
            StackValidationPolicy(
                "known-later", "All rules could be checked.", self._report_undecided, EnforcementLevel.ADVISORY
            ),
        ]
        return [*(self._policy(rule) for rule in RULES), *own]

    def violations(self, rule: Rule | StackRule, subject: Resource, stack: Stack | None = None) -> Iterator[Violation]:
        """Yield the violations of a rule by one resource, unless they are accepted."""
        if any(entry.covers(rule.id, subject.name, self._stack, self._today) for entry in self._exceptions):
            return
        try:
            yield from rule.check(subject, stack or Stack(())) if isinstance(rule, StackRule) else rule.check(subject)
        except NotYetKnownError:
            self.undecided[rule.id] += 1
        except Exception as error:
            # An exception would end the preview with a message that names neither the rule nor the resource.
            yield Violation(f"it cannot be checked: {type(error).__name__}: {error}", "a value that the rule can read")

    def _level(self, level: Level) -> EnforcementLevel:
        return enforcement(level, self._production)

    def _policy(self, rule: Rule | StackRule) -> Policy:
        def check_one(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if args.resource_type in rule.types:
                for violation in self.violations(rule, from_validation(args)):
                    report(f"{args.name}: {violation}", None)

        def check_all(args: StackValidationArgs, report: ReportViolation) -> None:
            stack = Stack([from_stack(resource) for resource in args.resources])
            for subject in stack.of(*rule.types):
                for violation in self.violations(rule, subject, stack):
                    report(f"{subject.name}: {violation}", subject.urn)

        controls = f" ({', '.join(rule.controls)})" if rule.controls else ""
        text, level = f"{rule.title}{controls}.", self._level(rule.level)
        if isinstance(rule, Rule):
            return ResourceValidationPolicy(rule.id, text, check_one, level)
        return StackValidationPolicy(rule.id, text, check_all, level)

    def _report_problems(self, _args: StackValidationArgs, report: ReportViolation) -> None:
        for problem in self._problems:
            report(f"{problem}. Right: an entry as docs/policies.md describes it.", None)

    def _report_expired(self, _args: StackValidationArgs, report: ReportViolation) -> None:
        for entry in self._exceptions:
            if self._stack in entry.stacks and self._today > entry.until:
                report(
                    f"The exception of {entry.resource} from {entry.rule} expired on {entry.until}. "
                    "Right: fix the resource, or extend the entry in policies/exceptions.yaml.",
                    None,
                )

    def _report_undecided(self, _args: StackValidationArgs, report: ReportViolation) -> None:
        if self.undecided:
            counts = ", ".join(f"{rule} ({count})" for rule, count in sorted(self.undecided.items()))
            report(
                f"These rules need values that are not known before the update (number of resources): {counts}.", None
            )


def from_validation(args: ResourceValidationArgs) -> Resource:
    """Convert the arguments of a resource policy."""
    provider = args.provider
    return Resource(
        type=args.resource_type,
        name=args.name,
        content=_plain(args.props),
        urn=args.urn,
        protect=args.opts.protect,
        provider=_plain(provider.props) if provider else {},
    )


def from_stack(resource: PolicyResource) -> Resource:
    """Convert one of the resources that a stack policy gets."""
    return Resource(
        type=resource.resource_type,
        name=resource.name,
        content=_plain(resource.props),
        urn=resource.urn,
        protect=resource.opts.protect,
        references={
            property_: [origin.urn for origin in origins]
            for property_, origins in resource.property_dependencies.items()
            if origins
        },
    )


def _plain(content: Any) -> Any:
    """Convert the SDK's proxies to plain values, with `UNKNOWN` in place of each that cannot be read."""
    if isinstance(content, Mapping):
        keys = cast(Mapping[str, Any], content)
        return {key: _entry(keys, key) for key in keys}
    if isinstance(content, Sequence) and not isinstance(content, str):
        items = cast(Sequence[Any], content)
        return [_entry(items, index) for index in range(len(items))]
    return content


def _entry(container: Any, key: Any) -> Any:
    try:
        return _plain(container[key])
    except UnknownValueError:
        return UNKNOWN


def serve() -> None:
    """Answer the engine until it ends this process."""
    # An error raised here would reach the user as an exit status only, so problems are reported as violations.
    exceptions, problems = load(rule.id for rule in RULES)
    pack = Pack(pulumi.get_stack(), exceptions, is_production(), datetime.now(UTC).date(), problems)
    policies = pack.policies()
    _follow(lambda: pack.settle(os.environ["PULUMI_STACK"], is_production(), policies))
    PolicyPack(NAME, policies, description="Rules for every OpenMarket stack")


def _follow(settle: Callable[[], None]) -> None:
    """Take the stack and its configuration from `ConfigureStack`, with which engines since 2026 send them.

    Older engines set environment variables instead, which the SDK reads at every call. The SDK takes only the stack's
    tags from `ConfigureStack`.
    """
    servicers: Any = _PolicyAnalyzerServicer
    original = servicers.ConfigureStack

    def configure(servicer: Any, request: Any, context: Any) -> Any:
        os.environ |= {
            "PULUMI_CONFIG": json.dumps(dict(request.config)),
            "PULUMI_ORGANIZATION": request.organization,
            "PULUMI_PROJECT": request.project,
            "PULUMI_STACK": request.stack,
            "PULUMI_DRY_RUN": str(request.dry_run).lower(),
        }
        servicer._configure_runtime_settings()
        settle()
        return original(servicer, request, context)

    servicers.ConfigureStack = configure
