"""Route 53 records. Hosted zones exist before the program, as domains do, and so are not looked up."""

from typing import Any

from emulator.aws.resource_type import Context, ResourceType, because

RECORD = "aws:route53/record:Record"


def _id(context: Context) -> str:
    parts = [
        context.inputs["zoneId"],
        context.inputs["name"],
        context.inputs["type"],
        context.inputs.get("setIdentifier"),
    ]
    return "_".join(str(part) for part in parts if part)


def _record(context: Context) -> dict[str, Any]:
    return {"fqdn": str(context.inputs["name"]).rstrip(".")}


TYPES = (
    ResourceType(
        type=RECORD, oracle="AWS::Route53::RecordSet", id=_id, outputs=_record, regional=False,
        taggable=False, seconds=(33, 33),
        names={
            "HostedZoneId": "zoneId", "HostedZoneName": "", "AliasTarget": "aliases", "ResourceRecords": "records",
            "Region": "",
        },
        also_replaces=because("the provider's id contains it", "name", "type", "setIdentifier"),
    ),
)  # fmt: skip
