"""Takes ordering edges out of the program, and makes what they lead to as late as the graph then allows."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from tests.e2e.checkout import Checkout

Cuts = Mapping[str, Sequence[str]]
"""A resource, and those that it no longer says to depend on."""

ALL_AT_ONCE = "--parallel=1000"
ON_AND_ON = "--continue-on-error"

_WRAPPER = '''
"""The program, with some dependencies taken out: explicit ones, and those that a value carries."""

import os
import runpy

import pulumi

from components import ordering

CUTS = {cuts!r}
ALL = {{name for others in CUTS.values() for name in others}}
carried = set()
known_after = ordering.known_after


def known_after_less(value: pulumi.Output, resources: list) -> pulumi.Output:
    carried.update(resource._name for resource in resources)
    return known_after(value, [resource for resource in resources if resource._name not in ALL])


def cut(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    needed = args.opts.depends_on or []
    if args.name not in CUTS or not isinstance(needed, list):
        return None
    missing = set(CUTS[args.name]) - {{other._name for other in needed}} - carried
    assert not missing, f"{{args.name}} does not depend on {{missing}} anyway"
    args.opts.depends_on = [other for other in needed if other._name not in CUTS[args.name]]
    return pulumi.ResourceTransformationResult(args.props, args.opts)


ordering.known_after = known_after_less  # before any module takes it from there
pulumi.runtime.register_stack_transformation(cut)
here = os.path.dirname(os.path.abspath(__file__))
program = runpy.run_path(os.path.join(here, "program.py"), run_name="__main__")
{more}
'''


@contextmanager
def cut(checkout: Checkout, cuts: Cuts, more: str = "") -> Generator[None]:
    """Meanwhile, the program lacks these edges; `more` goes on where it ends, with its names in `program`."""
    main, program = checkout.path / "__main__.py", checkout.path / "program.py"
    main.rename(program)
    main.write_text(_WRAPPER.format(cuts={name: list(others) for name, others in cuts.items()}, more=more))
    try:
        yield
    finally:
        program.replace(main)


def late(*resources: str, time: float = 0.03) -> dict[str, str]:
    """An AWS in which these come last of all, and a clock that makes waiting for them in vain short."""
    return {"OPENMARKET_EMULATOR_TIME": str(time), "OPENMARKET_EMULATOR_SCHEDULE": f"late:{','.join(resources)}"}


def up_too_early(
    checkout: Checkout, cuts: Cuts, *, last: Sequence[str] = (), more: str = "", time: float = 0.03
) -> str:
    """Deploy without the edges, and answer what it failed with. What they lead to is late, or what is in `last`."""
    dependencies = last or [name for others in cuts.values() for name in others]
    with cut(checkout, cuts, more):
        printed = checkout.up("dev", ALL_AT_ONCE, ON_AND_ON, check=False, env=late(*dependencies, time=time))
    assert "error: update failed" in printed, "it does without these edges"
    return printed + events(checkout)


def events(checkout: Checkout) -> str:
    """The messages of the cluster's events: Helm says that it waited in vain, and no more. Empty without a cluster."""
    if "openmarket-dev-eks" not in checkout.status()["control_planes"]:
        return ""
    found = checkout.kubectl("dev", "get", "events", "--all-namespaces")["items"]
    return "\n".join(event["message"] for event in found)


def remove(checkout: Checkout, *resources: str) -> None:
    """Delete these and what depends on them, so that the next `up` makes them again; the rest of the stack stays."""
    targets = [f"--target=**::{name}" for name in resources]
    checkout.destroy("dev", *targets, "--target-dependents", check=False)
