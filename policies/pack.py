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

from policies.exceptions import RuleException, load
from policies.levels import enforcement, is_production
from policies.resources import UNKNOWN, NotYetKnownError, Resource, Stack
from policies.rule import Level, Rule, StackRule, Violation
from policies.rules import RULES

NAME = "openmarket"


class Pack:
    """One run of the pack, in one stack: its rules, what it accepts, and what it could not decide.

    Every value is known by the time the update asks, before it creates the resource. So what a preview leaves open is
    counted and named once at its end, and decided later.
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
        """How many resources each rule could not judge yet."""

    def settle(self, stack: str, production: bool, policies: Iterable[Policy]) -> None:
        """Judge another stack from now on, with the policies that `policies` answered before."""
        self._stack, self._production = stack, production
        for policy, settled in zip(policies, self.policies(), strict=True):
            policy.enforcement_level = settled.enforcement_level

    def policies(self) -> list[Policy]:
        """One policy per rule, and three about the pack itself."""
        own = [
            StackValidationPolicy(
                "exceptions-read", "Exceptions are complete.", self._report_problems, EnforcementLevel.MANDATORY
            ),
            StackValidationPolicy(
                "exceptions-current", "Exceptions end.", self._report_expired, self._level(Level.ADVISED)
            ),
            StackValidationPolicy(
                "known-later", "The update checks the rest.", self._report_undecided, EnforcementLevel.ADVISORY
            ),
        ]
        return [*(self._policy(rule) for rule in RULES), *own]

    def violations(self, rule: Rule | StackRule, subject: Resource, stack: Stack | None = None) -> Iterator[Violation]:
        """The violations of a rule by one resource, without those accepted."""
        if any(entry.covers(rule.id, subject.name, self._stack, self._today) for entry in self._exceptions):
            return
        try:
            yield from rule.check(subject, stack or Stack(())) if isinstance(rule, StackRule) else rule.check(subject)
        except NotYetKnownError:
            self.undecided[rule.id] += 1
        except Exception as error:
            # Else the engine would end the preview, naming neither the rule nor the resource.
            yield Violation(f"cannot be judged: {type(error).__name__}: {error}", "a value the rule can read")

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
                    f"The exception of {entry.resource} from {entry.rule} ended on {entry.until}. "
                    "Right: mend the resource, or decide again in policies/exceptions.yaml.",
                    None,
                )

    def _report_undecided(self, _args: StackValidationArgs, report: ReportViolation) -> None:
        if self.undecided:
            counts = ", ".join(f"{rule} ({count})" for rule, count in sorted(self.undecided.items()))
            report(
                f"Values not known yet keep these rules from deciding, number of resources in brackets: {counts}.", None
            )


def from_validation(args: ResourceValidationArgs) -> Resource:
    """The resource of a call about a single one."""
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
    """The same of a call about all of them."""
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
    """The SDK's view of values as plain ones, `UNKNOWN` where reading one raises."""
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
    # A process that ends here leaves the engine with an exit status only, so what is wrong becomes a violation.
    exceptions, problems = load(rule.id for rule in RULES)
    pack = Pack(pulumi.get_stack(), exceptions, is_production(), datetime.now(UTC).date(), problems)
    policies = pack.policies()
    _follow(lambda: pack.settle(os.environ["PULUMI_STACK"], is_production(), policies))
    PolicyPack(NAME, policies, description="What every OpenMarket stack keeps to")


def _follow(settle: Callable[[], None]) -> None:
    """Learn the stack and its configuration from a call, which is how engines since 2026 tell them to a Python pack.

    Older ones do by environment variables, which the SDK reads at every call. It takes nothing but tags from the call.
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
