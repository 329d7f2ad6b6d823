"""Commands that let happen what only time brings: `python -m emulator window` and `python -m emulator aws-acts`."""

import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated

import typer

from emulator.paths import SETTINGS

Stack = Annotated[str, typer.Option(envvar="STACK", help="The stack to whose resources it happens.")]


class Act(StrEnum):
    """What AWS does by itself."""

    EKS_END_OF_SUPPORT = "eks-end-of-support"
    EKS_UPGRADE = "eks-upgrade"
    AURORA_UPGRADE = "aurora-upgrade"
    CACHE_UPGRADE = "cache-upgrade"
    LOG_DELIVERY = "log-delivery"
    CERTIFICATE_RENEWAL = "certificate-renewal"
    NODE_REPLACEMENT = "node-replacement"
    SPOT_INTERRUPTION = "spot-interruption"
    ZONE_FAILURE = "zone-failure"


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
    zone: Annotated[str, typer.Option(help="Of a zone's failure: the zone, such as ap-northeast-2a.")] = "",
) -> None:
    """Let AWS do to a stack what it does by itself: upgrade, renew, replace a node, take a spot node back.

    With zone-failure it loses a zone: all its nodes, and the place of the database's writer.
    """
    from emulator import wiring
    from emulator.aws import acts

    account = wiring.account()
    try:
        if act in acts.ACTS:
            print(acts.ACTS[act](account, stack, version))
        elif act is Act.ZONE_FAILURE:
            print("\n".join(_zone_goes(stack, zone)))
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


def _zone_goes(stack: str, zone: str) -> Iterator[str]:
    """Let all nodes in a zone fail at once, and Aurora move away from it.

    Raises:
        ValueError: No node group of the stack has the zone.
    """
    from emulator import wiring
    from emulator.aws import acts
    from emulator.aws.eks_node_groups import specification
    from emulator.kubernetes import control_plane, instances

    account = wiring.account()
    groups = [specification(account, each) for each in acts.node_groups(account, stack)]
    known = sorted({each for group in groups for each in group.zones})
    if zone not in known:
        raise ValueError(f"--zone {zone or 'is missing'}: the node groups of {stack} are in {', '.join(known)}")
    control_plane.ensure_all([group.cluster for group in groups])
    for group in groups:
        lost = instances.lose_zone(group, zone)
        yield f"{group.name}: {len(lost)} nodes in {zone} are gone ({', '.join(lost) or 'none'})"
    yield from acts.lose_zone(account, stack, zone)
