"""The way in: hosts of the shop and of a seller, networks that may reach them, a firewall, and records in the zones."""

import re
from collections.abc import Iterator

import pytest

from emulator.kubernetes.controllers.load_balancer_rules import route
from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

NAMESPACE, DOMAIN = "openmarket-dev", "dev.openmarket.example.com"
OFFICE, ELSEWHERE = "198.51.100.7", "203.0.113.9"
NOT_FOUND = "404"
SELLER, ALB = "shop.seller.example", "alb.ingress.kubernetes.io"
WEB_ACL, RECORD = "aws:wafv2/webAcl:WebAcl", "aws:route53/record:Record"


@pytest.fixture(scope="module")
def guarded(deployed: Checkout) -> Iterator[Checkout]:
    """The dev stack with a firewall, in a hosted zone, with its back office for the office only and a seller's host."""
    stack_file = deployed.path / "Pulumi.dev.yaml"
    before = stack_file.read_text()
    changed = before.replace('hostedZoneId: ""', "hostedZoneId: Z0123456789EXAMPLE")
    changed = changed.replace("plainHttp: true", "plainHttp: false")
    changed = changed.replace("allowedCidrs: {}", "allowedCidrs: {admin: [198.51.100.0/24]}")
    changed = changed.replace(
        "redirects: {}", f"redirects: {{}}\n    domains: {{{SELLER}: {{hostedZoneId: Z0987654321ABC}}}}"
    )
    changed = changed.replace('hosts: ["@", admin, seller]', f'hosts: ["@", admin, seller, {SELLER}]')
    stack_file.write_text(re.sub(r"(firewall:\n +enabled:) false", r"\1 true", changed))
    deployed.up("dev")
    yield deployed
    deployed.destroy("dev")
    assert deployed.status()["objects"] == {}


def objects(checkout: Checkout, type_: str) -> int:
    """How many objects of a type the account has, in any stack."""
    return sum(found.get(type_, 0) for found in checkout.status()["objects"].values())


def test_each_host_leads_to_its_service(guarded: Checkout) -> None:
    ingress = guarded.kubectl("dev", "get", "ingress", "openmarket-ingress", "-n", NAMESPACE)
    expected = {
        (DOMAIN, ELSEWHERE): "frontend-web:3000",
        (f"seller.{DOMAIN}", ELSEWHERE): "frontend-web:3000",
        (f"api.{DOMAIN}", ELSEWHERE): "backend-api:3000",
        (SELLER, ELSEWHERE): "frontend-web:3000",
        (f"admin.{DOMAIN}", OFFICE): "frontend-web:3000",
        (f"admin.{DOMAIN}", ELSEWHERE): NOT_FOUND,
    }
    assert {request: route(ingress, *request) for request in expected} == expected
    assert set(guarded.outputs("dev")["urls"]) == {f"https://{host}" for host, _ in expected}


def test_every_host_has_a_record(guarded: Checkout) -> None:
    # An alias for each of five, one for the CDN, and the proofs of the three certificates.
    assert objects(guarded, RECORD) >= 5 + 1 + 4 + 1 + 1


def test_a_seller_has_a_certificate_of_its_own(guarded: Checkout) -> None:
    ingress = guarded.kubectl("dev", "get", "ingress", "openmarket-ingress", "-n", NAMESPACE)
    assert len(ingress["metadata"]["annotations"][f"{ALB}/certificate-arn"].split(",")) == 2
    assert f"https://{SELLER}/" in guarded.make("smoke", "STACK=dev")


def test_a_service_may_speak_grpc(guarded: Checkout) -> None:
    def groups() -> set[str]:
        """The names of the target groups: one for each version that a service ever spoke is another."""
        found = guarded.kubectl("dev", "get", "targetgroupbindings.elbv2.k8s.aws", "-n", NAMESPACE)["items"]
        return {each["metadata"]["name"] for each in found}

    before, stanza = groups(), guarded.stack_file("dev")["openmarket:services"]["backend-api"]
    image = guarded.emulator("push", f"{NAMESPACE}/backend-api", "1.0").stdout.strip()
    speaking = stanza | {"image": image, "protocolVersion": "grpc", "health": {"protocol": "grpc"}}
    with guarded.configured("dev", "services", **{"backend-api": speaking}):
        guarded.up("dev")
        assert len(groups()) == len(before) == len(groups() & before) + 1
        assert f"https://api.{DOMAIN}/ speaks grpc" in guarded.make("smoke", "STACK=dev")
    guarded.up("dev")
    assert groups() == before


def test_a_firewall_is_detached_before_it_goes(guarded: Checkout) -> None:
    assert objects(guarded, WEB_ACL) == 2
    with guarded.configured("dev", "firewall", enabled=False):
        guarded.up("dev")
        assert objects(guarded, WEB_ACL) == 0
        guarded.up("dev", "--expect-no-changes")
    guarded.up("dev")
    assert objects(guarded, WEB_ACL) == 2
