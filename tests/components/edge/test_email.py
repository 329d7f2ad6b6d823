"""Mail by Amazon SES."""

from tests.components.program import Deployed, run_program, sending_mail


def test_mail_is_verified_in_the_hosted_zone(zoned: Deployed) -> None:
    records = [r.inputs for r in zoned.of("route53/record:Record") if r.name.startswith("email-dkim")]
    assert len({record["name"] for record in records}) == 3
    for record in records:
        token = record["name"].partition("._domainkey.dev.openmarket.example.com")[0]
        assert record["records"] == [f"{token}.dkim.amazonses.com"]


def test_mail_without_a_hosted_zone_has_no_records() -> None:
    deployed = run_program("dev", sending_mail("dev.openmarket.example.com"))
    assert deployed.one("emailIdentity:EmailIdentity").inputs["emailIdentity"] == "dev.openmarket.example.com"
    assert not deployed.of("route53/record:Record")
