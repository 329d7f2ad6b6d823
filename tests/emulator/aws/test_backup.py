"""AWS Backup: a plan names vaults that are there, and what it selects can be read by its role."""

import json

import pytest
from aws_account import Account

from emulator.aws.tokens import ROLE, ROLE_POLICY_ATTACHMENT
from emulator.aws.types.backup import PLAN, SELECTION, VAULT
from emulator.plugins.provider import ProviderError

CLUSTER = "arn:aws:rds:ap-northeast-2:123456789012:cluster:shop"
BACKUPS = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"


def rule(vault: str, copies: str) -> dict[str, object]:
    return {"ruleName": "daily", "targetVaultName": vault, "copyActions": [{"destinationVaultArn": copies}]}


def test_a_plan_needs_both_of_its_vaults(account: Account) -> None:
    account.create(VAULT, "here", name="here")
    there = account.create(VAULT, "there", name="there", region="ap-northeast-1")
    assert there["arn"].startswith("arn:aws:backup:ap-northeast-1:")
    account.create(PLAN, name="plan", rules=[rule("here", there["arn"])])
    with pytest.raises(ProviderError, match="targetVaultName"):
        account.create(PLAN, name="other", rules=[rule("nowhere", there["arn"])])
    with pytest.raises(ProviderError, match="destinationVaultArn"):
        account.create(PLAN, name="other", rules=[rule("here", there["arn"].replace("there", "nowhere"))])


def test_a_role_that_may_not_back_up_is_refused(account: Account) -> None:
    account.create(VAULT, "here", name="here")
    plan = account.create(PLAN, name="plan", rules=[{"ruleName": "daily", "targetVaultName": "here"}])
    statement = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = account.create(ROLE, name="backup", assumeRolePolicy=trust)
    selection = {"name": "stores", "planId": plan["id"], "iamRoleArn": role["arn"], "resources": [CLUSTER]}
    with pytest.raises(ProviderError, match="may not rds:CreateDBClusterSnapshot"):
        account.create(SELECTION, **selection)
    account.create(ROLE_POLICY_ATTACHMENT, role="backup", policyArn=BACKUPS)
    account.create(SELECTION, "again", **selection)
