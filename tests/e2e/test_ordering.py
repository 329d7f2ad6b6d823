"""Ordering edges are needed: without one, deploying or destroying fails.

The program runs unchanged under a wrapper that takes explicit dependencies out of the graph.
"""

import pytest

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

WRAPPER = '''
"""The program, with dependencies of {resource!r} on {dependency!r} taken out."""

import os
import re
import runpy

import pulumi


def cut(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    needed = args.opts.depends_on or []
    if not re.fullmatch({resource!r}, args.name) or not isinstance(needed, list):
        return None
    args.opts.depends_on = [other for other in needed if not re.fullmatch({dependency!r}, other._name)]
    return pulumi.ResourceTransformationResult(args.props, args.opts)


pulumi.runtime.register_stack_transformation(cut)
runpy.run_path(os.path.join(os.path.dirname(os.path.abspath(__file__)), "program.py"), run_name="__main__")
'''


def cut(checkout: Checkout, resource: str, dependency: str) -> None:
    """Make the checkout's program lose the dependencies of one resource on others; both are patterns of names."""
    program = checkout.path / "program.py"
    main = checkout.path / "__main__.py"
    if not program.exists():
        main.rename(program)
    main.write_text(WRAPPER.format(resource=resource, dependency=dependency))


@pytest.mark.parametrize(
    ("resource", "dependency"),
    [
        pytest.param("alb-controller-release", "alb-controller-policy-attachment", id="policy"),
        pytest.param("cluster-nodes-.*-group", "network-nat-route-.*", id="route"),
    ],
)
def test_without_the_edge_the_load_balancer_is_left_behind(checkout: Checkout, resource: str, dependency: str) -> None:
    cut(checkout, resource, dependency)
    impatient = {"OPENMARKET_EMULATOR_TIME": "0.01"}
    printed = checkout.up("dev", check=False)
    if "error" not in printed:
        printed = checkout.destroy("dev", check=False, env=impatient)
        assert "openmarket-ingress" in printed
        assert "ingress.k8s.aws/resources" in printed
        leftovers = checkout.status()["objects"]
        assert any("aws:lb/loadBalancer:LoadBalancer" in types for types in leftovers.values())
    assert "error" in printed
