"""Certificates, new and given ones."""

import pytest

from components.edge.certificate import uncovered
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
