"""Requests through the load balancer: by the longest path, to another host, and to the maintenance page and back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import urllib3

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

DOMAIN, NAMESPACE = "dev.openmarket.example.com", "openmarket-dev"
OFFICE, ELSEWHERE = "192.0.2.7", "203.0.113.9"


@dataclass(frozen=True)
class Answer:
    """The status of an answer, where it leads to, what it says, and the service in whose place it was given."""

    status: int
    location: str
    text: str
    service: str


def ask(checkout: Checkout, host: str, path: str, source: str = ELSEWHERE) -> Answer:
    """Ask the stack's load balancer, as a client with the address would."""
    printed = checkout.emulator("run", "--stack", "dev", "--", "printenv", "OPENMARKET_LOAD_BALANCER").stdout
    headers = {"Host": host, "X-Emulated-Source": source}
    answer = urllib3.request("GET", f"http://{printed.strip()}{path}", headers=headers, redirect=False, retries=False)
    service = answer.headers.get("X-Emulated", "").removeprefix("simulated: ").partition(":")[0]
    return Answer(answer.status, answer.headers.get("Location", ""), answer.data.decode(), service)


@pytest.fixture(scope="module")
def routed(deployed: Checkout) -> Iterator[Checkout]:
    """The dev stack, whose services share the domain, with a host that leads to it and a restricted one."""
    services = deployed.stack_file("dev")["openmarket:services"]
    services["frontend-web"]["hosts"] = ["@", "admin"]
    services["backend-api"]["hosts"] = ["@/api", "api", "admin/api"]
    before = deployed.configure("dev", "services", **services)
    deployed.configure("dev", "ingress", redirects={"www": "@"}, allowedCidrs={"admin": ["192.0.2.0/24"]})
    deployed.up("dev")
    yield deployed
    (deployed.path / "Pulumi.dev.yaml").write_text(before)
    deployed.destroy("dev")
    assert deployed.status()["objects"] == {}


def test_the_longest_path_of_a_host_wins(routed: Checkout) -> None:
    paths = {"/": "frontend-web", "/api": "backend-api", "/api/items?page=2": "backend-api", "/apiary": "frontend-web"}
    assert {path: ask(routed, DOMAIN, path).service for path in paths} == paths
    assert ask(routed, f"api.{DOMAIN}", "/").service == "backend-api"
    assert ask(routed, f"nobody.{DOMAIN}", "/").status == 404


def test_the_networks_of_a_host_are_for_all_of_its_paths(routed: Checkout) -> None:
    for path, service in (("/", "frontend-web"), ("/api/users", "backend-api")):
        assert ask(routed, f"admin.{DOMAIN}", path, OFFICE).service == service
        assert ask(routed, f"admin.{DOMAIN}", path).status == 404


def test_a_host_leads_to_the_same_page_of_another(routed: Checkout) -> None:
    answer = ask(routed, f"www.{DOMAIN}", "/items?page=2")
    assert (answer.status, answer.location) == (301, f"http://{DOMAIN}:80/items?page=2")
    # It is no address of the shop's own pages.
    assert f"http://www.{DOMAIN}" not in routed.outputs("dev")["urls"]


def test_smoke_asks_for_all_of_them(routed: Checkout) -> None:
    printed = routed.make("smoke", "STACK=dev")
    assert f"http://{DOMAIN}/api" in printed
    assert f"http://www.{DOMAIN}/ leads to http://{DOMAIN}" in printed


def ops(checkout: Checkout, *words: str) -> str:
    """Run one of the operators' commands on the stack."""
    return checkout.emulator("run", "--stack", "dev", "--", "./openmarket", "ops", *words, "--stack", "dev").stdout


def gates(checkout: Checkout) -> dict[str, str]:
    """The target groups' bindings, and when each was made."""
    found = checkout.kubectl("dev", "get", "targetgroupbindings.elbv2.k8s.aws", "-n", NAMESPACE)["items"]
    return {each["metadata"]["name"]: each["metadata"]["creationTimestamp"] for each in found}


def test_the_maintenance_page_takes_the_shops_place_and_goes_again(routed: Checkout) -> None:
    before = gates(routed)
    ops(routed, "maintenance", "on", "--host", "@", "--allow", "192.0.2.0/24", "--message", "Back at 4", "--yes")
    for path in ("/", "/api"):
        answer = ask(routed, DOMAIN, path)
        assert (answer.status, "Back at 4" in answer.text) == (503, True)
    assert ask(routed, DOMAIN, "/api", OFFICE).service == "backend-api"
    assert ask(routed, f"api.{DOMAIN}", "/").service == "backend-api"
    assert f"http://{DOMAIN}/ is in maintenance" in routed.make("smoke", "STACK=dev")
    status = json.loads(ops(routed, "status", "--json"))
    assert status["maintenance"] == [DOMAIN]
    assert (
        "maintenance page"
        in routed.emulator(
            "run", "--stack", "dev", "--", "./openmarket", "ops", "doctor", "--stack", "dev", check=False
        ).stdout
    )
    ops(routed, "maintenance", "off", "--yes")
    assert ask(routed, DOMAIN, "/").service == "frontend-web"
    assert gates(routed) == before
    routed.up("dev", "--expect-no-changes")
    lines = (routed.path / ".emulator/audit.jsonl").read_text().splitlines()
    audit = [(line["command"].split(" --")[0], line["outcome"]) for line in map(json.loads, lines)]
    assert audit[-2:] == [("maintenance on", "done"), ("maintenance off", "done")]
