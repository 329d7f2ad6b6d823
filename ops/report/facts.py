"""Collects what a page about a stack is made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from analysis import exceptions, stack_file
from analysis.cost.estimating import estimate
from analysis.cost.model import Estimate
from analysis.cost.usage import cost_of
from analysis.exceptions import RuleException
from analysis.preview import State
from analysis.redaction import covered
from components.config.cost import CostConfig
from ops import aws, exported
from ops.objects import parts
from ops.operate.deployments import Deployment, deployments
from ops.operate.outputs import outputs

CLUSTER = "aws:eks/cluster:Cluster"


@dataclass(frozen=True)
class Facts:
    """What is known of a stack.

    Attributes:
        stack: Name of the stack.
        now: When this was read, with a time zone.
        states: The resources as the last deployment left them, without values that are secret.
        outputs: The outputs without anything secret.
        support: The last day of AWS's standard support, such as `2027-08-02`, by Kubernetes version; a version of which
            AWS has not told it is absent.
        cost: The budget and the assumptions about usage of the stack file.
        estimate: What a month costs.
        exceptions: The accepted violations of policies in this stack, also those that have expired.
        history: The operations on the stack, the newest first.
    """

    stack: str
    now: datetime
    states: Sequence[State]
    outputs: Mapping[str, Any]
    support: Mapping[str, str]
    cost: CostConfig
    estimate: Estimate
    exceptions: Sequence[RuleException]
    history: Sequence[Deployment]

    def of_type(self, *types: str) -> list[State]:
        """Return the resources of these types."""
        return [each for each in self.states if each.type in types]


def facts(stack: str) -> Facts:
    """Return what is known of a stack.

    Raises:
        BadStack: There is no such stack, or its file is invalid.
        BadState: The stack has no state.
        BadHistory: It is not deployed, or its history cannot be read.
    """
    cost = cost_of(stack)
    found = outputs(stack)
    states = [_covered(each) for each in exported.from_stack(stack)]
    accepted, _ = exceptions.load()
    return Facts(
        stack=stack,
        now=datetime.now(UTC),
        states=states,
        outputs=found,
        support=_support(stack, states),
        cost=cost,
        estimate=estimate(states, cost.usage),
        exceptions=[each for each in accepted if stack in each.stacks],
        history=deployments(stack),
    )


def _covered(state: State) -> State:
    return state.model_copy(update={"inputs": covered(state.inputs), "outputs": covered(state.outputs)})


def _support(stack: str, states: Sequence[State]) -> Mapping[str, str]:
    """Return the ends of standard support by version; empty if AWS may not be asked."""
    versions = sorted({str(each.outputs.get("version", "")) for each in states if each.type == CLUSTER} - {""})
    if not versions:
        return {}
    try:
        answer = aws.ask(
            stack_file.region(stack), "eks", "describe-cluster-versions", "--cluster-versions", *versions
        )  # fmt: skip
    except aws.AwsError:
        return {}
    ends = {
        str(each.get("clusterVersion")): each.get("endOfStandardSupportDate")
        for each in parts(answer, "clusterVersions")
    }
    return {version: str(end)[: len("2027-08-02")] for version, end in ends.items() if end}
