"""Certificates, new and given ones."""

import pytest

from components.edge.certificate import uncovered
from tests.components.edge.conftest import SELLERS_ZONE, ZONE
from tests.components.program import ALB_DNS, Deployed


def test_the_certificate_is_used_once_it_is_issued(zoned: Deployed) -> None:
    validation = zoned.one("certificateValidation:CertificateValidation", "static-certificate-issued").inputs
    proof = zoned.one("route53/record:Record", "static-certificate-proof-static.dev.openmarket.example.com").inputs
    assert [name.rstrip(".") for name in validation["validationRecordFqdns"]] == [proof["name"].rstrip(".")]
    assert zoned.one("acm/certificate:Certificate", "static-certificate-certificate").inputs["region"] == "us-east-1"
    assert not [r for r in zoned.resources if r.type == "pulumi:providers:aws"]


def test_every_host_has_its_name_and_its_place_in_the_certificate(zoned: Deployed) -> None:
    hosts = [*(url.removeprefix("https://") for url in zoned.outputs["urls"]), "www.dev.openmarket.example.com"]
    certificate = zoned.one("acm/certificate:Certificate", "public-ingress-certificate-certificate").inputs
    assert [certificate["domainName"], *certificate.get("subjectAlternativeNames", [])] == hosts
    records = [record.inputs for record in zoned.of("route53/record:Record") if record.name.startswith("dns-")]
    # Which of them is registered first is left to the engine.
    assert sorted(record["name"] for record in records) == sorted(hosts)
    assert {record["aliases"][0]["name"] for record in records} == {ALB_DNS}
    assert {record["aliases"][0]["zoneId"] for record in records} == {"ZWKZPGTI48KDX"}


def test_a_host_in_another_domain_has_a_certificate_and_a_record_of_its_own(with_sellers: Deployed) -> None:
    records = {each.inputs["name"]: each.inputs["zoneId"] for each in with_sellers.of("route53/record:Record")}
    assert {name: records.get(name) for name in ("shop.one.example", "one.example", "shop.two.example")} == {
        "shop.one.example": SELLERS_ZONE, "one.example": SELLERS_ZONE, "shop.two.example": ZONE,
    }  # fmt: skip
    own = with_sellers.one("acm/certificate:Certificate", "public-ingress-certificate-certificate").inputs
    assert not [name for name in own.get("subjectAlternativeNames", []) if name.endswith(".example")]
    annotations = with_sellers.one("networking.k8s.io/v1:Ingress").inputs["metadata"]["annotations"]
    first, *others = annotations["alb.ingress.kubernetes.io/certificate-arn"].split(",")
    assert len({first, *others}) == 4
    assert "https://shop.two.example" in with_sellers.outputs["urls"]
    # What ends without being renewed is told, whosever host it is.
    watched = {
        alarm.inputs["dimensions"]["CertificateArn"]
        for alarm in with_sellers.of("cloudwatch/metricAlarm:MetricAlarm")
        if alarm.name.startswith("alarms-certificate-expiry")
    }
    assert watched == {first, *others}


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
