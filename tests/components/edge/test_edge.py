"""CDN, certificate, firewall and mail."""

from copy import deepcopy
from typing import Any

import pytest

from components.edge.given_certificate import uncovered
from tests.components.program import ALB_DNS, Deployed, run_program, stack_file

ZONE = "Z0123456789ABC"
DISTRIBUTION = "cloudfront/distribution:Distribution"
HEADERS = "responseHeadersPolicy:ResponseHeadersPolicy"


@pytest.fixture(scope="module")
def zoned() -> Deployed:
    """Development with a hosted zone and a mail domain."""
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:hostedZoneId"] = ZONE
    settings["openmarket:ingress"]["plainHttp"] = False
    settings["openmarket:email"]["domain"] = "dev.openmarket.example.com"
    return run_program("dev", settings)


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
    order = [resource.name for resource in dev.resources]
    assert order.index("data-access-logs-policy") < order.index("static-cdn-log-destination")


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


def test_the_certificate_is_used_once_it_is_issued(zoned: Deployed) -> None:
    validation = zoned.one("certificateValidation:CertificateValidation", "static-certificate-issued").inputs
    proof = zoned.one("route53/record:Record", "static-certificate-proof-static.dev.openmarket.example.com").inputs
    assert [name.rstrip(".") for name in validation["validationRecordFqdns"]] == [proof["name"].rstrip(".")]
    assert zoned.one("acm/certificate:Certificate", "static-certificate-certificate").inputs["region"] == "us-east-1"
    assert not [r for r in zoned.resources if r.type == "pulumi:providers:aws"]


def test_mail_is_verified_in_the_hosted_zone(zoned: Deployed) -> None:
    records = [r.inputs for r in zoned.of("route53/record:Record") if r.name.startswith("email-dkim")]
    assert len({record["name"] for record in records}) == 3
    for record in records:
        token = record["name"].partition("._domainkey.dev.openmarket.example.com")[0]
        assert record["records"] == [f"{token}.dkim.amazonses.com"]


def test_mail_without_a_hosted_zone_has_no_records() -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:email"]["domain"] = "dev.openmarket.example.com"
    deployed = run_program("dev", settings)
    assert deployed.one("emailIdentity:EmailIdentity").inputs["emailIdentity"] == "dev.openmarket.example.com"
    assert not deployed.of("route53/record:Record")


def firewalls(deployed: Deployed) -> dict[str, dict[str, Any]]:
    """Inputs of the web ACLs by scope."""
    return {acl.inputs["scope"]: dict(acl.inputs) for acl in deployed.of("wafv2/webAcl:WebAcl")}


def test_firewalls_guard_production(dev: Deployed, prod: Deployed) -> None:
    assert not firewalls(dev)
    acls = firewalls(prod)
    assert set(acls) == {"CLOUDFRONT", "REGIONAL"}
    assert acls["CLOUDFRONT"]["region"] == "us-east-1"
    assert ":global/webacl/" in prod.one(DISTRIBUTION).inputs["webAclId"]
    for acl in acls.values():
        priorities = [rule["priority"] for rule in acl["rules"]]
        assert len(priorities) == len(set(priorities))
    rules = {rule["name"]: rule for rule in acls["REGIONAL"]["rules"]}
    assert [*rules] == [
        *("bad-addresses", "too-many-requests", "too-many-logins", "known-exploits", "common-attacks", "sql-injection")
    ]
    assert "too-many-logins" not in {rule["name"] for rule in acls["CLOUDFRONT"]["rules"]}
    limit = rules["too-many-requests"]["statement"]["rateBasedStatement"]
    assert (limit["limit"], limit["evaluationWindowSec"]) == (10000, 300)
    logins = rules["too-many-logins"]["statement"]["rateBasedStatement"]["scopeDownStatement"]["byteMatchStatement"]
    assert logins["searchString"] == "/api/auth/login"


def test_firewalls_log_without_credentials(prod: Deployed) -> None:
    loggings = [each.inputs for each in prod.of("webAclLoggingConfiguration:WebAclLoggingConfiguration")]
    assert len(loggings) == 2
    for logging in loggings:
        (destination,) = logging["logDestinationConfigs"]
        assert ":log-group:aws-waf-logs-openmarket-prod-" in destination
        assert {field["singleHeader"]["name"] for field in logging["redactedFields"]} == {"authorization", "cookie"}


def test_rules_may_only_count() -> None:
    settings = deepcopy(stack_file("prod"))
    settings["openmarket:firewall"] |= {"countOnly": ["common-attacks", "too-many-logins"]}
    rules = {rule["name"]: rule for rule in firewalls(run_program("prod", settings))["REGIONAL"]["rules"]}
    assert rules["common-attacks"]["overrideAction"] == {"count": {}}
    assert rules["sql-injection"]["overrideAction"] == {"none": {}}
    assert rules["too-many-logins"]["action"] == {"count": {}}
    assert rules["too-many-requests"]["action"] == {"block": {}}


def test_single_rules_of_a_group_may_only_count() -> None:
    settings = deepcopy(stack_file("prod"))
    settings["openmarket:firewall"]["countOnly"] = ["CrossSiteScripting_BODY", "SQLi_BODY", "known-exploits"]
    for acl in firewalls(run_program("prod", settings)).values():
        rules = {rule["name"]: rule for rule in acl["rules"]}
        assert counted(rules["common-attacks"]) == ["CrossSiteScripting_BODY"]
        assert rules["common-attacks"]["overrideAction"] == {"none": {}}
        assert counted(rules["sql-injection"]) == ["SQLi_BODY"]
        assert counted(rules["known-exploits"]) == counted(rules["bad-addresses"]) == []


def counted(rule: dict[str, Any]) -> list[str]:
    """Rules of a managed group that count, all of which do nothing else."""
    overrides = rule["statement"]["managedRuleGroupStatement"].get("ruleActionOverrides", [])
    assert all(override["actionToUse"] == {"count": {}} for override in overrides)
    return [override["name"] for override in overrides]


def test_large_bodies_are_counted_by_default() -> None:
    settings = deepcopy(stack_file("prod"))
    del settings["openmarket:firewall"]["countOnly"]
    rules = {rule["name"]: rule for rule in firewalls(run_program("prod", settings))["REGIONAL"]["rules"]}
    assert counted(rules["common-attacks"]) == ["SizeRestrictions_BODY"]


def test_staging_has_productions_firewall(prod: Deployed) -> None:
    assert firewalls(run_program("staging")) == firewalls(prod)


def test_every_host_has_its_name_and_its_place_in_the_certificate(zoned: Deployed) -> None:
    hosts = [url.removeprefix("https://") for url in zoned.outputs["urls"]]
    certificate = zoned.one("acm/certificate:Certificate", "public-ingress-certificate-certificate").inputs
    assert [certificate["domainName"], *certificate.get("subjectAlternativeNames", [])] == hosts
    records = [record.inputs for record in zoned.of("route53/record:Record") if record.name.startswith("dns-")]
    # Which of them is registered first is left to the engine.
    assert sorted(record["name"] for record in records) == sorted(hosts)
    assert {record["aliases"][0]["name"] for record in records} == {ALB_DNS}
    assert {record["aliases"][0]["zoneId"] for record in records} == {"ZWKZPGTI48KDX"}


@pytest.mark.parametrize(
    ("names", "missing"),
    [
        (["x.example.com", "*.x.example.com"], []),
        (["*.x.example.com"], ["x.example.com"]),
        (["*.example.com"], ["api.x.example.com"]),
        (["x.example.com"], ["api.x.example.com"]),
    ],
)
def test_a_given_certificate_covers_every_host(names: list[str], missing: list[str]) -> None:
    assert uncovered(["x.example.com", "api.x.example.com"], names) == missing
