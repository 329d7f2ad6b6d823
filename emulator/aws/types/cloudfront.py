"""CloudFront distributions and their policies. All of it is global."""

from typing import Any

from emulator.aws.resource_type import Context, Reference, ResourceType, because
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

ACCESS_CONTROL = "aws:cloudfront/originAccessControl:OriginAccessControl"
HEADERS_POLICY = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
CACHE_POLICY = "aws:cloudfront/cachePolicy:CachePolicy"
CERTIFICATE = "aws:acm/certificate:Certificate"

_ZONE_ID = "Z2FDTNDATAQYW2"
"""The hosted zone of every distribution, as Route 53's documentation gives it for alias records."""

MANAGED_CACHE_POLICIES = (
    "658327ea-f89d-4fab-a63d-7e88639e58f6",  # CachingOptimized
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",  # CachingDisabled
)
"""Ids from CloudFront's documentation of its managed cache policies."""

_BEHAVIOURS = ("defaultCacheBehavior", "orderedCacheBehaviors")


def _id(prefix: str, length: int) -> Any:
    return lambda context: prefix + context.letters("id", length)


def _policy_id(context: Context) -> str:
    return context.uuid("id")


def _distribution(context: Context) -> dict[str, Any]:
    return {
        "arn": context.global_arn("cloudfront", f"distribution/{context.id}"),
        "domainName": f"d{context.hex('domain', 13)}.cloudfront.net",
        "hostedZoneId": _ZONE_ID,
        "status": "Deployed",
        "etag": f"E{context.letters('etag', 13)}",
        "callerReference": context.hex("reference", 16),
        "lastModifiedTime": context.created,
        "inProgressValidationBatches": 0,
        "loggingV1Enabled": False,
    }


def _requires(_transaction: Transaction, stored: StoredObject) -> None:
    certificate = str(stored.inputs.get("viewerCertificate", {}).get("acmCertificateArn") or "")
    if certificate and ":us-east-1:" not in certificate:
        raise ProviderError(
            f"InvalidViewerCertificate: distribution {stored.id} uses {certificate}; CloudFront takes certificates of "
            "us-east-1 only"
        )
    if stored.inputs.get("aliases") and not certificate:
        raise ProviderError(f"InvalidViewerCertificate: distribution {stored.id} has aliases and no acmCertificateArn")


def _global(kind: str) -> Any:
    def outputs(context: Context) -> dict[str, Any]:
        arn = context.global_arn("cloudfront", f"{kind}/{context.id}")
        return {"arn": arn, "etag": f"E{context.letters('etag', 13)}"}

    return outputs


def _policies(kind: str, type_: str, external: tuple[str, ...] = ()) -> tuple[Reference, ...]:
    return tuple(Reference(f"{behaviour}.{kind}", type_, external=external) for behaviour in _BEHAVIOURS)


TYPES = (
    ResourceType(
        type="aws:cloudfront/distribution:Distribution", oracle="AWS::CloudFront::Distribution", regional=False,
        id=_id("E", 13), names={"DistributionConfig": ""}, outputs=_distribution, requires=_requires,
        also_replaces=because("a distribution is staging or not from its creation", "staging"),
        defaults={"httpVersion": "http2", "priceClass": "PriceClass_All", "waitForDeployment": True},
        references=(
            Reference("origins.originAccessControlId", ACCESS_CONTROL),
            Reference("viewerCertificate.acmCertificateArn", CERTIFICATE, "arn"),
            Reference("webAclId", "aws:wafv2/webAcl:WebAcl", "arn"),
            *_policies("cachePolicyId", CACHE_POLICY, MANAGED_CACHE_POLICIES),
            *_policies("responseHeadersPolicyId", HEADERS_POLICY),
        ),
        seconds=(216, 300),
    ),
    ResourceType(
        type=ACCESS_CONTROL, oracle="AWS::CloudFront::OriginAccessControl", id=_id("E", 13), regional=False,
        taggable=False, name_property="name", names={"OriginAccessControlConfig": ""}, unique=("name",),
        also_replaces=because("the provider renames by replacement", "name"), outputs=_global("origin-access-control"),
    ),
    ResourceType(
        type=HEADERS_POLICY, oracle="AWS::CloudFront::ResponseHeadersPolicy", id=_policy_id, regional=False,
        taggable=False, name_property="name", names={"ResponseHeadersPolicyConfig": ""}, unique=("name",),
        outputs=_global("response-headers-policy"),
    ),
    ResourceType(
        type=CACHE_POLICY, oracle="AWS::CloudFront::CachePolicy", id=_policy_id, regional=False, taggable=False,
        name_property="name", names={"CachePolicyConfig": ""}, unique=("name",), outputs=_global("cache-policy"),
        defaults={"defaultTtl": 86400, "maxTtl": 31536000, "minTtl": 0},
    ),
)  # fmt: skip
