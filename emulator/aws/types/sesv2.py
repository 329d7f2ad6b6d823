"""SES identities."""

from typing import Any

from emulator.aws.resource_type import Context, ResourceType, named


def _identity(context: Context) -> dict[str, Any]:
    tokens = [context.hex(f"dkim {number}", 32) for number in range(3)]
    signing = {"tokens": tokens, "status": "PENDING", "signingAttributesOrigin": "AWS_SES"}
    return {
        "arn": context.arn("ses", f"identity/{context.id}"),
        "identityType": "EMAIL_ADDRESS" if "@" in context.id else "DOMAIN",
        "verifiedForSendingStatus": False,
        "verificationStatus": "PENDING",
        "dkimSigningAttributes": {**context.inputs.get("dkimSigningAttributes", {}), **signing},
    }


TYPES = (
    ResourceType(
        type="aws:sesv2/emailIdentity:EmailIdentity", oracle="AWS::SES::EmailIdentity", id=named("emailIdentity"),
        outputs=_identity,
    ),
)  # fmt: skip
