"""Provider instances that assume a role."""

import json

import pytest
from aws_account import Account

from emulator.aws import tokens
from emulator.aws.identity import Identity
from emulator.aws.provider import AwsProvider
from emulator.plugins.provider import Call, ProviderError, Resource

CALLER = Identity().principal_arn
ELSEWHERE = "arn:aws:iam::210987654321:role/dns/zone-writer"
RECORD = "aws:route53/record:Record"


def role(account: Account, principal: object, *actions: str) -> str:
    """A role of the account itself."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = account.create(tokens.ROLE, "writer", assumeRolePolicy=trust)
    allowed = {"Effect": "Allow", "Action": list(actions) or ["sts:GetCallerIdentity"], "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    account.create(tokens.ROLE_POLICY, "writer", role=made["name"], policy=policy)
    return str(made["arn"])


def provider(account: Account, role_arn: str, **config: object) -> AwsProvider:
    made = AwsProvider(account.store)
    made.configure({"assumeRoles": [{"roleArn": role_arn, "sessionName": "shop"}], **config})
    return made


def write(provider: AwsProvider) -> str:
    resource = Resource("urn:pulumi:dev::test::record::www", RECORD, "www")
    inputs = {"zoneId": "Z1", "name": "www.example.com", "type": "A", "records": ["192.0.2.1"], "ttl": 300}
    return provider.create(resource, inputs, Call())[0]


def test_it_is_the_roles_session(account: Account) -> None:
    asked = provider(account, ELSEWHERE).invoke("aws:index/getCallerIdentity:getCallerIdentity", {})
    assert asked["accountId"] == "210987654321"
    assert asked["arn"] == "arn:aws:sts::210987654321:assumed-role/zone-writer/shop"


def test_a_role_of_another_account_may_what_it_is_used_for(account: Account) -> None:
    assert write(provider(account, ELSEWHERE)) == "Z1_www.example.com_A"


def test_only_allowed_accounts_are_led_into(account: Account) -> None:
    provider(account, ELSEWHERE, allowedAccountIds=["210987654321"])
    with pytest.raises(ProviderError, match="AWS account ID not allowed: 210987654321"):
        provider(account, ELSEWHERE, allowedAccountIds=["123456789012"])


@pytest.mark.parametrize("principal", [{"AWS": CALLER}, {"AWS": ["123456789012"]}])
def test_a_role_of_the_account_trusts_and_is_allowed(account: Account, principal: object) -> None:
    arn = role(account, principal, "route53:ChangeResourceRecordSets")
    write(provider(account, arn))


@pytest.mark.parametrize(
    "principal", [{"AWS": "arn:aws:iam::123456789012:role/other"}, {"Service": "ec2.amazonaws.com"}]
)
def test_a_role_that_does_not_trust_the_caller_is_refused(account: Account, principal: object) -> None:
    arn = role(account, principal)
    with pytest.raises(
        ProviderError, match=rf"Cannot assume IAM Role .{arn}.*not authorized to perform: sts:AssumeRole"
    ):
        provider(account, arn)


def test_a_role_of_the_account_that_is_not_there_is_refused(account: Account) -> None:
    with pytest.raises(ProviderError, match="Cannot assume IAM Role"):
        provider(account, "arn:aws:iam::123456789012:role/nobody")


def test_a_role_does_what_its_own_policies_allow(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = role(account, {"AWS": "*"}, "route53:GetChange")
    with pytest.raises(ProviderError, match=r"assumed-role/.*/shop is not authorized to perform: route53:Change"):
        write(provider(account, arn))


def test_the_caller_needs_to_be_allowed_to_assume_it(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENMARKET_EMULATOR_CALLER_POLICIES", "ReadOnlyAccess")
    with pytest.raises(ProviderError, match=r"Cannot assume IAM Role.*not authorized to perform: sts:AssumeRole"):
        provider(account, ELSEWHERE)
    monkeypatch.setenv("OPENMARKET_EMULATOR_CALLER_POLICIES", "AdministratorAccess")
    assert write(provider(account, ELSEWHERE))
