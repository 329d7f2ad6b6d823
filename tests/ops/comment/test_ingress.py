"""Changes of the Ingress: who gets where, and who sees the maintenance page."""

from copy import deepcopy
from typing import Any

import pytest

from analysis.preview import Preview
from ops.comment.finding import Severity
from ops.comment.review import review
from ops.comment.text import comment
from tests.components.program import run_program, stack_file
from tests.ops.previews import preview, update

INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
OFFICE = ["198.51.100.0/24"]


def made(services: dict[str, list[str]] | None = None, **ingress: Any) -> dict[str, Any]:
    """The inputs of the Ingress that the program makes with these hosts and this section, behind a firewall."""
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:ingress"] |= ingress
    for name, hosts in (services or {}).items():
        settings["openmarket:services"][name]["hosts"] = hosts
    inputs = deepcopy(dict(run_program("dev", settings).one("networking.k8s.io/v1:Ingress").inputs))
    inputs["metadata"]["annotations"]["alb.ingress.kubernetes.io/wafv2-acl-arn"] = "arn:aws:wafv2:x"
    return inputs


@pytest.fixture(scope="module")
def usual() -> dict[str, Any]:
    return made()


def changed(old: dict[str, Any], new: dict[str, Any]) -> Preview:
    return preview(update(INGRESS, old, new, "shop-ingress-alb"))


@pytest.mark.parametrize("passing", [[], OFFICE])
def test_maintenance_stops_the_merge_and_opens_nothing(usual: dict[str, Any], passing: list[str]) -> None:
    new = made(maintenance={"enabled": True, "hosts": ["@"], "allowedCidrs": passing})
    reviewed = review(changed(usual, new))
    assert reviewed.severity == Severity.STOP
    assert (reviewed.opened, reviewed.closed) == ((), ())
    text = comment(reviewed)
    assert "**shows the maintenance page** on `dev.openmarket.example.com`" in text
    assert "unknown effect" not in text
    back = review(changed(new, usual))
    assert back.severity == Severity.NOTE
    assert (back.opened, back.closed) == ((), ())


def test_another_text_of_the_page_is_nothing_to_review() -> None:
    old, new = (made(maintenance={"enabled": True, "message": text}) for text in ("Back at 4", "Back at 5"))
    assert review(changed(old, new)).severity == Severity.NOTE


def test_a_path_is_an_exposure_of_its_own_and_has_the_networks_of_its_host(usual: dict[str, Any]) -> None:
    new = made({"backend-api": ["api", "@/api", "admin/api"]}, allowedCidrs={"admin": OFFICE})
    opened = {
        (each.what.replace(".dev.openmarket.example.com", ""), each.open_to)
        for each in review(changed(usual, new)).opened
    }
    assert ("dev.openmarket.example.com/api", "the internet") in opened
    assert ("admin/api", OFFICE[0]) in opened
    assert ("admin/", OFFICE[0]) in opened


def test_a_redirect_says_where_it_leads(usual: dict[str, Any]) -> None:
    reviewed = review(changed(usual, made(redirects={"www": "@"})))
    (opened,) = reviewed.opened
    assert opened.what == "www.dev.openmarket.example.com/, which leads to dev.openmarket.example.com"
    assert reviewed.severity == Severity.LOOK
