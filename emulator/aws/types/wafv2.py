"""WAF: web ACLs, what they protect and where they log."""

from typing import Any

from emulator.aws.resource_type import Context, Reference, ResourceType, because, named
from emulator.aws.tokens import LOAD_BALANCER
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

WEB_ACL = "aws:wafv2/webAcl:WebAcl"


def _id(context: Context) -> str:
    return context.uuid("id")


def _acl(context: Context) -> dict[str, Any]:
    scope = "global" if context.inputs["scope"] == "CLOUDFRONT" else "regional"
    return {
        "arn": context.arn("wafv2", f"{scope}/webacl/{context.inputs['name']}/{context.id}"),
        "capacity": 0,
        "lockToken": context.hex("lock", 32),
    }


def _requires(_transaction: Transaction, stored: StoredObject) -> None:
    if stored.inputs["scope"] == "CLOUDFRONT" and stored.outputs["region"] != "us-east-1":
        raise ProviderError(
            f"WAFInvalidParameterException: web ACL {stored.outputs['name']} of scope CLOUDFRONT is in "
            f"{stored.outputs['region']}; it must be in us-east-1"
        )


def _refuses_delete(transaction: Transaction, stored: StoredObject) -> None:
    for balancer in transaction.find(LOAD_BALANCER, webAclArn=stored.outputs["arn"]):
        raise ProviderError(
            f"WAFAssociatedItemException: web ACL {stored.id} is associated with load balancer {balancer.id}, and "
            "cannot be deleted"
        )


def _logs_requires(_transaction: Transaction, stored: StoredObject) -> None:
    for destination in stored.inputs["logDestinationConfigs"]:
        if "aws-waf-logs-" not in destination:
            raise ProviderError(
                f"WAFLogDestinationPermissionIssueException: the name of {destination} must begin with aws-waf-logs-"
            )


TYPES = (
    ResourceType(
        type=WEB_ACL, oracle="AWS::WAFv2::WebACL", id=_id, name_property="name", outputs=_acl, requires=_requires,
        unique=("name", "scope"), seconds=(2, 2),
        imported_by=lambda stored: f"{stored.id}/{stored.outputs['name']}/{stored.outputs['scope']}",
        refuses_delete=_refuses_delete, patience=300,
    ),
    ResourceType(
        type="aws:wafv2/webAclAssociation:WebAclAssociation", oracle="AWS::WAFv2::WebACLAssociation", taggable=False,
        puts=True,
        id=lambda context: f"{context.inputs['webAclArn']},{context.inputs['resourceArn']}",
        names={"WebACLArn": "webAclArn"}, references=(Reference("webAclArn", WEB_ACL, "arn"),),
    ),
    ResourceType(
        type="aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", id=named("resourceArn"), taggable=False,
        puts=True, oracle="AWS::WAFv2::LoggingConfiguration", deletes_first=True, requires=_logs_requires,
        also_replaces=because("the provider puts another configuration in its place", "logDestinationConfigs"),
        references=(Reference("resourceArn", WEB_ACL, "arn", holds=False),),
    ),
)  # fmt: skip
