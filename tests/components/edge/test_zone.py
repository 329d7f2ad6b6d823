"""A hosted zone in another account: its role writes the records, and nothing else."""

from copy import deepcopy
from typing import Any

import pulumi
import pytest

from tests.components.program import Deployed, run_program, stack_file

ROLE = "arn:aws:iam::210987654321:role/dns/openmarket"


def settings(**changes: Any) -> dict[str, Any]:
    found = deepcopy(stack_file("prod"))
    found["openmarket:email"] = {"domain": "openmarket.example.com"}
    found["openmarket:services"]["backend-api"]["uses"].append("mail")
    return {key: value for key, value in {**found, **changes}.items() if value is not None}


def with_role() -> Deployed:
    return run_program("prod", settings(**{"openmarket:hostedZoneRole": ROLE}))


def by_role(deployed: Deployed) -> set[str]:
    """The types of what the role's provider makes."""
    mine = {name for name, needed in deployed.needed.items() if "hosted-zone" in needed}
    return {each.type for each in deployed.resources if each.name in mine}


def test_all_records_are_the_roles_and_nothing_else_is() -> None:
    deployed = with_role()
    records = [each.name for each in deployed.of("route53/record:Record")]
    assert {name.split("-")[0] for name in records} == {"dns", "email", "public", "static"}
    assert [name for name in records if "hosted-zone" not in deployed.needed[name]] == []
    assert by_role(deployed) == {"aws:route53/record:Record"}


def test_the_provider_assumes_the_role_and_goes_into_no_other_account() -> None:
    provider = with_role().one("pulumi:providers:aws", "hosted-zone").inputs
    assert '"roleArn": "arn:aws:iam::210987654321:role/dns/openmarket"' in str(provider["assumeRoles"])
    assert "openmarket-prod" in str(provider["assumeRoles"])
    assert "210987654321" in str(provider["allowedAccountIds"])
    assert "openmarket-prod" in str(provider["defaultTags"])


def test_without_a_role_the_records_are_the_stacks_own(prod: Deployed) -> None:
    assert prod.of("pulumi:providers:aws") == []
    assert prod.of("route53/record:Record")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"openmarket:hostedZoneRole": "zone-writer"}, "hostedZoneRole is zone-writer\n    needs the ARN of an IAM"),
        ({"openmarket:hostedZoneRole": ROLE, "openmarket:hostedZoneId": None},
         f"hostedZoneRole is {ROLE}\n    needs openmarket:hostedZoneId as well"),
    ],
)  # fmt: skip
def test_a_role_without_a_zone_is_refused(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(pulumi.RunError) as refusal:
        run_program("prod", settings(**changes))
    assert expected in str(refusal.value)
