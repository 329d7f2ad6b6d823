"""Who gets into a cluster: tokens of AWS identities, and what their access entries make of them."""

import time
from typing import Any

import aws_networks as networks
import pytest
from aws_account import Account

from emulator.aws import eks_access, tokens
from emulator.contract import AccessPolicy
from emulator.plugins.provider import ProviderError

CREATOR = "arn:aws:sts::123456789012:assumed-role/openmarket-deployer/emulator"
ROLE = "arn:aws:iam::123456789012:role/teams/viewer"
SESSION = "arn:aws:sts::123456789012:assumed-role/viewer/ann@example.com"
VIEW = f"{eks_access.POLICIES}AmazonEKSViewPolicy"


@pytest.fixture
def access() -> dict[str, Any]:
    """The cluster's access configuration; a test may have another one."""
    return {"authenticationMode": "API"}


@pytest.fixture(autouse=True)
def cluster(account: Account, access: dict[str, Any]) -> None:
    networks.cluster(account, networks.build(account), accessConfig=access)


def user(account: Account, caller: str, cluster: str = "dev-eks") -> Any:
    return eks_access.authenticate(account.store, cluster, eks_access.token(account.store, "dev-eks", caller))


def test_the_creator_is_an_administrator_by_an_entry_of_its_own(account: Account) -> None:
    found = user(account, CREATOR)
    assert found.principal == "arn:aws:iam::123456789012:role/openmarket-deployer"
    assert found.name == CREATOR
    policies = eks_access.policies(account.store, "dev-eks", found.principal)
    assert policies == [AccessPolicy("AmazonEKSClusterAdminPolicy")]


@pytest.mark.parametrize("access", [{"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}])
def test_without_bootstrap_permissions_the_creator_is_a_stranger(account: Account) -> None:
    assert user(account, CREATOR) is None


def test_a_session_is_the_user_of_its_roles_entry(account: Account) -> None:
    assert user(account, SESSION) is None
    account.create(tokens.ACCESS_ENTRY, clusterName="dev-eks", principalArn=ROLE, kubernetesGroups=["shop:watchers"])
    found = user(account, SESSION)
    assert found.name.endswith("/ann-example.com")
    assert (found.groups, found.principal) == (("shop:watchers",), "arn:aws:iam::123456789012:role/viewer")
    account.delete(tokens.ACCESS_ENTRY, f"dev-eks:{ROLE}")
    assert user(account, SESSION) is None


def test_an_entry_names_its_user(account: Account) -> None:
    name = "viewer:{{AccountID}}:{{SessionNameRaw}}"
    account.create(tokens.ACCESS_ENTRY, clusterName="dev-eks", principalArn=ROLE, userName=name)
    assert user(account, SESSION).name == "viewer:123456789012:ann@example.com"


def test_policies_have_the_scope_of_their_association(account: Account) -> None:
    account.create(tokens.ACCESS_ENTRY, clusterName="dev-eks", principalArn=ROLE)
    scope = {"type": "namespace", "namespaces": ["shop-*"]}
    account.create(
        tokens.ACCESS_POLICY_ASSOCIATION, clusterName="dev-eks", principalArn=ROLE, policyArn=VIEW, accessScope=scope
    )
    found = eks_access.policies(account.store, "dev-eks", user(account, SESSION).principal)
    assert found == [AccessPolicy("AmazonEKSViewPolicy", ("shop-*",))]


def test_a_token_is_good_for_one_cluster_and_for_a_while(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    assert user(account, CREATOR, cluster="other") is None
    token = eks_access.token(account.store, "dev-eks", CREATOR)
    moment = time.time() + eks_access.TOKEN_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: moment)
    assert eks_access.authenticate(account.store, "dev-eks", token) is None


def test_nobody_else_makes_a_token(account: Account) -> None:
    token = eks_access.token(account.store, "dev-eks", SESSION)
    payload, _, signature = token.removeprefix("k8s-aws-v1.").partition(".")
    other = eks_access.token(account.store, "dev-eks", CREATOR).removeprefix("k8s-aws-v1.").partition(".")[0]
    for forged in (f"k8s-aws-v1.{other}.{signature}", f"k8s-aws-v1.{payload}.", f"{payload}.{signature}", ""):
        assert eks_access.authenticate(account.store, "dev-eks", forged) is None
    assert (account.store.folder / "token.key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("access", [{"authenticationMode": "CONFIG_MAP"}])
def test_a_cluster_without_the_api_takes_no_entry(account: Account) -> None:
    with pytest.raises(ProviderError, match="authentication mode must be set to one of"):
        account.create(tokens.ACCESS_ENTRY, clusterName="dev-eks", principalArn=ROLE)
    assert user(account, CREATOR) is not None
