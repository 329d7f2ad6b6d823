"""Ordering edges are needed: without one, deploying or destroying fails.

The program runs unchanged under a wrapper that takes explicit dependencies out of the graph.
"""

from collections.abc import Generator
from contextlib import contextmanager

import pytest

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

WRAPPER = '''
"""The program, with the dependencies of {resource} on {dependencies} taken out."""

import os
import runpy

import pulumi


def cut(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    needed = args.opts.depends_on or []
    if args.name != {resource!r} or not isinstance(needed, list):
        return None
    args.opts.depends_on = [other for other in needed if other._name not in {dependencies!r}]
    return pulumi.ResourceTransformationResult(args.props, args.opts)


pulumi.runtime.register_stack_transformation(cut)
runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "program.py"), run_name="__main__")
'''

EDGES = {
    "policy": ("addons-alb-controller-release", ["addons-alb-controller-policy-attachment"]),
    "route": ("cluster-nodes-general-group", ["network-nat-route-a", "network-nat-route-c"]),
}
"""What is tried: a resource, and those it declares to depend on."""


@contextmanager
def cut(checkout: Checkout, resource: str, dependencies: list[str]) -> Generator[None]:
    """Meanwhile, the checkout's program does not declare that the resource depends on the others."""
    main, program = checkout.path / "__main__.py", checkout.path / "program.py"
    main.rename(program)
    main.write_text(WRAPPER.format(resource=resource, dependencies=dependencies))
    try:
        yield
    finally:
        program.replace(main)


def late(dependencies: list[str]) -> dict[str, str]:
    """An AWS in which these resources come late, and a clock that makes waiting for them short."""
    slow = ",".join(f"{name}=2000" for name in dependencies)
    return {"OPENMARKET_EMULATOR_TIME": "0.02", "OPENMARKET_EMULATOR_SLOW": slow}


def test_with_the_edges_lateness_does_no_harm(checkout: Checkout) -> None:
    checkout.up("dev", env=late([name for _, dependencies in EDGES.values() for name in dependencies]))
    for _, dependencies in EDGES.values():
        # The engine itself refuses to delete first what something else needs.
        refused = checkout.pulumi("destroy", "dev", "--yes", f"--target=**{dependencies[0]}", check=False)
        assert "pass --target-dependents to proceed" in refused
    checkout.destroy("dev")
    assert checkout.status()["objects"] == {}


@pytest.mark.parametrize(("resource", "dependencies"), EDGES.values(), ids=EDGES.keys())
def test_without_the_edge_it_fails(checkout: Checkout, resource: str, dependencies: list[str]) -> None:
    targets = [f"--target=**{name}" for name in dependencies]
    with cut(checkout, resource, dependencies):
        assert "error" in checkout.up("dev", check=False, env=late(dependencies))
        checkout.up("dev")
        checkout.pulumi("destroy", "dev", "--yes", *targets)
        printed = checkout.destroy("dev", check=False, env={"OPENMARKET_EMULATOR_TIME": "0.01"})
        assert "shop-ingress-alb" in printed
        assert "ingress.k8s.aws/resources" in printed
        assert "aws:lb/loadBalancer:LoadBalancer" in checkout.status()["objects"]["-"]

    # Only what was missing comes back: the Ingress is on its way out, and new pods would wait for it for ever.
    checkout.up("dev", *targets)
    checkout.destroy("dev")
    assert checkout.status()["objects"] == {}
