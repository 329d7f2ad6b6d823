"""Implements what `aws route53` reads of records, in the shape of AWS's answer."""

import argparse
import json
from collections.abc import Mapping
from typing import Any

from emulator.aws.cli_answers import Command
from emulator.aws.types.route53 import RECORD
from emulator.store import Store, StoredObject


def _list_resource_record_sets(store: Store, arguments: argparse.Namespace) -> str:
    """The records of the zone, from `--start-record-name` on, in the order of their labels from the right."""
    found = sorted(store.find(RECORD, zoneId=arguments.hosted_zone_id), key=_order)
    begin = _labels(arguments.start_record_name), arguments.start_record_type
    listed = [_record_set(each) for each in found if _order(each) >= begin]
    return json.dumps({"ResourceRecordSets": listed[: int(arguments.max_items or len(listed))]})


def _order(record: StoredObject) -> tuple[list[str], str]:
    return _labels(record.outputs["name"]), record.outputs["type"]


def _labels(name: str) -> list[str]:
    return name.lower().rstrip(".").split(".")[::-1]


def _record_set(record: StoredObject) -> dict[str, Any]:
    outputs = record.outputs
    answer = {"Name": outputs["fqdn"].lower().replace("*", "\\052") + ".", "Type": outputs["type"]}
    if aliases := outputs.get("aliases"):
        (alias,) = aliases
        names = {"HostedZoneId": "zoneId", "DNSName": "name", "EvaluateTargetHealth": "evaluateTargetHealth"}
        return {**answer, "AliasTarget": {member: alias.get(name) for member, name in names.items()}}
    records = [{"Value": each} for each in outputs.get("records") or ()]
    return {**answer, "TTL": outputs.get("ttl"), "ResourceRecords": records}


COMMANDS: Mapping[tuple[str, str], tuple[str, Command]] = {
    ("route53", "list-resource-record-sets"): ("route53:ListResourceRecordSets", _list_resource_record_sets),
}
"""By command, the IAM action that it needs, and what does it."""
