"""Objects are found by their tags and by their own values, as far as the filters say."""

import json
from collections.abc import Callable
from typing import Any

import aws_networks as networks
import pytest
from aws_account import Account

from emulator.aws import cli, tokens
from emulator.aws.types.s3 import BUCKET
from emulator.aws.types.security_groups import INGRESS_RULE

Ask = Callable[..., Any]


@pytest.fixture
def ask(account: Account, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run the `aws` command on the account, and return its answer; or what it refused with."""

    def run(*arguments: str, region: str = "ap-northeast-2") -> Any:
        code = cli.main(["--region", region, *arguments, "--output", "json"], lambda: account.store)
        printed = capsys.readouterr()
        return json.loads(printed.out) if code == 0 else printed.err.strip()

    return run


def test_the_tagging_api_knows_what_has_all_tags_in_the_region(account: Account, ask: Ask) -> None:
    network = networks.build(account)
    account.create(BUCKET, "other", bucket="shop-other", tags={"Stack": "other"})
    account.create(BUCKET, "one", bucket="shop-one", tags={"Stack": "one"})
    account.create(tokens.ROLE, "one", assumeRolePolicy=networks.trust("ec2.amazonaws.com"), tags={"Stack": "one"})
    words = ("resourcegroupstaggingapi", "get-resources", "--tag-filters", "Key=Project,Values=openmarket")
    arns = [each["ResourceARN"] for each in ask(*words)["ResourceTagMappingList"]]
    assert f"arn:aws:ec2:ap-northeast-2:123456789012:natgateway/{network.nat}" in arns
    assert not [arn for arn in arns if ":role/" in arn]
    (bucket,) = ask(*words, "Key=Stack,Values=one")["ResourceTagMappingList"]
    assert bucket["ResourceARN"] == "arn:aws:s3:::shop-one"
    assert {"Key": "Stack", "Value": "one"} in bucket["Tags"]
    assert ask(*words, "Key=Stack,Values=one", region="us-east-1")["ResourceTagMappingList"] == []
    assert "it filters by" in ask("resourcegroupstaggingapi", "get-resources")


def test_rules_of_one_group_with_their_ports_and_sources(account: Account, ask: Ask) -> None:
    vpc = account.create(tokens.VPC, cidrBlock="10.0.0.0/16")["id"]
    one, other = (account.create(tokens.SECURITY_GROUP, name, vpcId=vpc, name=name)["id"] for name in ("one", "other"))
    rule = account.create(
        INGRESS_RULE, securityGroupId=one, ipProtocol="tcp", fromPort=1, toPort=2, referencedSecurityGroupId=other
    )
    words = ("ec2", "describe-security-group-rules", "--filters")
    (found,) = ask(*words, f"Name=group-id,Values={one}")["SecurityGroupRules"]
    assert (found["SecurityGroupRuleId"], found["IsEgress"], found["FromPort"]) == (rule["id"], False, 1)
    assert found["ReferencedGroupInfo"] == {"GroupId": other}
    assert ask(*words, f"Name=group-id,Values={other}")["SecurityGroupRules"] == []
    assert "filters by group-id" in ask(*words, "Name=tag,Values=x")
    assert "must be Name=NAME,Values=VALUE" in ask(*words, "group-id")


def test_a_route_table_has_its_routes_and_subnets(account: Account, ask: Ask) -> None:
    network = networks.build(account)
    words = ("ec2", "describe-route-tables", "--filters", f"Name=route-table-id,Values={network.private_table}")
    (table,) = ask(*words)["RouteTables"]
    assert [each["NatGatewayId"] for each in table["Routes"]] == [network.nat]
    assert {each["SubnetId"] for each in table["Associations"]} == set(network.private)


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("iam get-role --role-name nobody", "NoSuchEntity"),
        ("iam get-policy --policy-arn arn:aws:iam::123456789012:policy/none", "NoSuchEntity"),
        ("budgets describe-budget --account-id 123456789012 --budget-name none", "NotFoundException"),
        ("eks describe-access-entry --cluster-name none --principal-arn p", "ResourceNotFoundException"),
    ],
)
def test_what_is_not_there_is_an_error_of_the_service(ask: Ask, words: str, error: str) -> None:
    assert error in ask(*words.split())
