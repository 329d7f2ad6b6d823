"""Elastic network interfaces: what keeps subnets and security groups from being deleted."""

import zlib

from emulator.aws.ownership import owner_key
from emulator.aws.tokens import NETWORK_INTERFACE
from emulator.store import StoredObject


def interface(
    owner: StoredObject, subnet_id: str, security_groups: list[str], description: str, number: int = 0
) -> StoredObject:
    """A network interface that AWS makes for an object and removes together with it.

    `number` tells several interfaces of one owner in the same subnet apart.
    """
    id_ = f"eni-0{zlib.crc32(f'{owner_key(owner)} {subnet_id}'.encode()):08x}{number:08x}"
    outputs = {
        "subnetId": subnet_id,
        "securityGroups": security_groups,
        "description": description,
        "ownedBy": owner_key(owner),
    }
    return StoredObject(NETWORK_INTERFACE, id_, inputs=outputs, outputs=outputs)
