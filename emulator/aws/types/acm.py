"""ACM certificates and their validation by DNS."""

from typing import Any

from emulator.aws.resource_type import Context, Reference, ResourceType, because
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

CERTIFICATE = "aws:acm/certificate:Certificate"
RECORD = "aws:route53/record:Record"


def _arn(context: Context) -> str:
    unique = context.uuid("id")
    return context.arn("acm", f"certificate/{unique}")


def _certificate(context: Context) -> dict[str, Any]:
    domain = str(context.inputs["domainName"])
    names = list(dict.fromkeys([domain, *context.inputs.get("subjectAlternativeNames", [])]))
    return {
        "arn": context.id,
        "status": "PENDING_VALIDATION",
        "type": "AMAZON_ISSUED",
        "subjectAlternativeNames": names,
        "domainValidationOptions": [_validation(context, name) for name in names],
    }


def _validation(context: Context, name: str) -> dict[str, str]:
    bare = name.removeprefix("*.")
    token = context.hex(f"record {bare}", 32)
    return {
        "domainName": name,
        "resourceRecordName": f"_{token}.{bare}.",
        "resourceRecordType": "CNAME",
        "resourceRecordValue": f"_{context.hex(f'value {bare}', 32)}.acm-validations.aws.",
    }


def _validated(transaction: Transaction, stored: StoredObject) -> None:
    """ACM issues once every name has its record; without one the real call waits until its timeout."""
    records = {record.outputs["fqdn"].rstrip(".") for record in transaction.find(RECORD)}
    for certificate in transaction.find(CERTIFICATE, arn=stored.inputs["certificateArn"]):
        for option in certificate.outputs["domainValidationOptions"]:
            if option["resourceRecordName"].rstrip(".") not in records:
                raise ProviderError(
                    f"timeout while waiting for {certificate.id} to be issued: {option['domainName']} needs the record "
                    f"{option['resourceRecordName']}, which is not in Route 53"
                )


def _moment(context: Context) -> str:
    # The provider's id is the second of issue alone; two certificates of one second are two objects here.
    return f"{context.created} {context.hex('id', 8)}"


TYPES = (
    ResourceType(
        type=CERTIFICATE, oracle="AWS::CertificateManager::Certificate", id=_arn, outputs=_certificate,
        names={"DomainValidationOptions": "validationOptions", "CertificateExport": "", "Id": ""},
        also_replaces=because("ACM has no call that changes it", "validationMethod"),
        defaults={"keyAlgorithm": "RSA_2048"},
    ),
    ResourceType(
        type="aws:acm/certificateValidation:CertificateValidation", taggable=False, requires=_validated,
        seconds=(61, 0),
        id=_moment, references=(Reference("certificateArn", CERTIFICATE, "arn", holds=False),),
        also_replaces=because("a validation is an event, not a thing", "certificateArn", "validationRecordFqdns"),
    ),
)  # fmt: skip
