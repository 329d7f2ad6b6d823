"""The CDN: its distribution, headers, logs and name."""

from typing import Any

from tests.components.program import Deployed

ZONE = "Z0123456789ABC"
DISTRIBUTION = "cloudfront/distribution:Distribution"
HEADERS = "responseHeadersPolicy:ResponseHeadersPolicy"


def behaviours(deployed: Deployed) -> dict[str, dict[str, Any]]:
    """By path pattern."""
    inputs = deployed.one(DISTRIBUTION).inputs
    ordered = {behaviour["pathPattern"]: behaviour for behaviour in inputs["orderedCacheBehaviors"]}
    return {"*": inputs["defaultCacheBehavior"], **ordered}


def test_distribution(deployed: Deployed) -> None:
    inputs = deployed.one(DISTRIBUTION).inputs
    assert inputs["httpVersion"] == "http2and3"
    assert inputs["priceClass"] == "PriceClass_200"
    assert "loggingConfig" not in inputs
    for behaviour in behaviours(deployed).values():
        assert behaviour["compress"] is True
        assert behaviour["viewerProtocolPolicy"] == "redirect-to-https"
        assert set(behaviour["allowedMethods"]) == {"GET", "HEAD", "OPTIONS"}


def test_buckets_are_reached_by_origin_access_control(dev: Deployed) -> None:
    origins = {origin["originId"]: origin for origin in dev.one(DISTRIBUTION).inputs["origins"]}
    assert {behaviour["targetOriginId"] for behaviour in behaviours(dev).values()} == set(origins)
    assert behaviours(dev)["/media/*"]["targetOriginId"] == "uploads"
    for origin in origins.values():
        assert origin["originAccessControlId"]
        assert origin["domainName"].endswith(".s3.ap-northeast-2.amazonaws.com")
    control = dev.one("originAccessControl:OriginAccessControl").inputs
    assert (control["signingBehavior"], control["signingProtocol"]) == ("always", "sigv4")


def test_hashed_assets_stay_in_caches_for_ever(dev: Deployed) -> None:
    policies = {policy.name: policy.inputs for policy in dev.of("cachePolicy:CachePolicy")}
    assert policies["static-cdn-immutable"]["defaultTtl"] == 365 * 24 * 3600
    assert policies["static-cdn-daily"]["defaultTtl"] == 24 * 3600
    hashed = behaviours(dev)["/_next/static/*"]
    assert hashed["cachePolicyId"] != behaviours(dev)["*"]["cachePolicyId"]
    (header,) = dev.one(HEADERS, "static-cdn-headers-immutable").inputs["customHeadersConfig"]["items"]
    assert (header["header"], header["value"]) == ("Cache-Control", "public, max-age=31536000, immutable")


def test_security_headers(dev: Deployed) -> None:
    for policy in dev.of(HEADERS):
        security = policy.inputs["securityHeadersConfig"]
        assert set(security) == {"contentTypeOptions", "frameOptions", "referrerPolicy", "strictTransportSecurity"}
        origins = policy.inputs["corsConfig"]["accessControlAllowOrigins"]["items"]
        assert origins == dev.outputs["urls"]


def test_access_logs_are_delivered_once_the_bucket_takes_them(dev: Deployed) -> None:
    source = dev.one("logDeliverySource:LogDeliverySource").inputs
    destination = dev.one("logDeliveryDestination:LogDeliveryDestination").inputs
    assert source["region"] == destination["region"] == "us-east-1"
    target = destination["deliveryDestinationConfiguration"]["destinationResourceArn"]
    bucket = dev.one("bucketPolicy:BucketPolicy", "data-access-logs-policy").inputs["bucket"]
    assert target == f"arn:aws:s3:::{bucket}/cloudfront"
    assert "data-access-logs-policy" in dev.waits_for("static-cdn-log-destination")


def test_without_a_hosted_zone_there_is_no_name_to_own(dev: Deployed) -> None:
    inputs = dev.one(DISTRIBUTION).inputs
    assert inputs["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}
    assert dev.outputs["cdn_domain"].endswith(".cloudfront.net")
    assert not dev.of("route53/record:Record")
    assert not dev.of("acm/certificate:Certificate")


def test_a_hosted_zone_gives_the_cdn_a_name(zoned: Deployed) -> None:
    inputs = zoned.one(DISTRIBUTION).inputs
    assert inputs["aliases"] == ["static.dev.openmarket.example.com"]
    assert zoned.outputs["cdn_domain"] == "static.dev.openmarket.example.com"
    certificate = inputs["viewerCertificate"]
    assert certificate["acmCertificateArn"].startswith("arn:aws:acm:us-east-1:")
    assert certificate["minimumProtocolVersion"] == "TLSv1.2_2021"
    records = {r.name: r.inputs for r in zoned.of("route53/record:Record") if r.name.startswith("static-cdn-record")}
    assert {record["type"] for record in records.values()} == {"A", "AAAA"}
    assert all(record["zoneId"] == ZONE for record in records.values())
