"""Commands that let happen what only time brings: `python -m emulator window` and `python -m emulator aws-acts`."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from emulator.paths import SETTINGS

Stack = Annotated[str, typer.Option(envvar="STACK", help="The stack to whose resources it happens.")]


class Act(StrEnum):
    """What AWS does by itself."""

    EKS_UPGRADE = "eks-upgrade"
    AURORA_UPGRADE = "aurora-upgrade"
    LOG_DELIVERY = "log-delivery"
    CERTIFICATE_RENEWAL = "certificate-renewal"
    NODE_REPLACEMENT = "node-replacement"
    SPOT_INTERRUPTION = "spot-interruption"


def window(stack: Stack = SETTINGS.stack) -> None:
    """Open the maintenance windows of a stack: apply the changes of database and cache that wait for them."""
    from emulator import wiring
    from emulator.aws.maintenance import open_windows

    lines = list(open_windows(wiring.account(), stack))
    print("\n".join(lines) or f"Nothing waits for a maintenance window in {stack}.")


def aws_acts(
    act: Annotated[Act, typer.Argument(help="What AWS does.")],
    stack: Stack = SETTINGS.stack,
    version: Annotated[str, typer.Option(help="Of an upgrade: the new version. Default for EKS: the next minor.")] = "",
) -> None:
    """Let AWS do to a stack what it does by itself: upgrade, renew, replace a node, take a spot node back."""
    from emulator import wiring
    from emulator.aws import acts

    account = wiring.account()
    try:
        if act in acts.ACTS:
            print(acts.ACTS[act](account, stack, version))
        else:
            print(_node_goes(act, stack))
    except (LookupError, RuntimeError, ValueError) as error:
        sys.exit(str(error))


def _node_goes(act: Act, stack: str) -> str:
    """Let a node of the stack's first node group with such instances go."""
    from emulator import wiring
    from emulator.aws import acts
    from emulator.aws.eks_node_groups import specification
    from emulator.kubernetes import control_plane, instances

    account = wiring.account()
    groups = [specification(account, each) for each in acts.node_groups(account, stack)]
    spot = act is Act.SPOT_INTERRUPTION
    group = next((each for each in groups if each.capacity_type == "SPOT" or not spot), groups[0])
    control_plane.ensure_all([group.cluster])
    if spot:
        return (
            f"{instances.interrupt(group)}: EC2 has taken the spot instance back, and another node has taken its place"
        )
    return f"{instances.fail(group)}: the instance has failed, and another node has taken its place"
