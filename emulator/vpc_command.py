"""The command `vpc`."""

import re
import sys
from typing import Annotated

import typer

_SUBNET = re.compile(r"(public|private|isolated)/([a-z]{2}(?:-[a-z]+)+-\d[a-f])/(subnet-[0-9a-f]{8,17})")


def vpc(
    vpc_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the VPC, such as vpc-0123456789abcdef0.")],
    subnet: Annotated[
        list[str],
        typer.Option(
            metavar="KIND/ZONE/ID",
            help="A subnet that is public, private or isolated, such as private/us-east-1a/subnet-0123456789abcdef0.",
        ),
    ],
) -> None:
    """Put a VPC with these ids into the account, for programs that expect one. What is there already stays as it is."""
    from emulator import wiring
    from emulator.aws.given_vpc import GivenSubnet, put
    from emulator.plugins.provider import ProviderError

    matched = [_SUBNET.fullmatch(each) for each in subnet]
    wrong = [each for each, found in zip(subnet, matched, strict=True) if not found]
    if not re.fullmatch(r"vpc-[0-9a-f]{8,17}", vpc_id) or wrong:
        sys.exit(
            "needs the id of a VPC, such as vpc-0123456789abcdef0, and each --subnet as KIND/ZONE/ID, such as "
            f"private/ap-northeast-2a/subnet-0123456789abcdef0; not {', '.join(wrong) or vpc_id}"
        )
    try:
        made = put(wiring.account(), vpc_id, [GivenSubnet(*found.groups()) for found in matched if found])
    except ProviderError as error:
        sys.exit(str(error))
    print(f"{vpc_id}: {len(made)} objects made" if made else f"{vpc_id} is there already")
