"""An empty simulated account, with clusters that only remember what they were asked."""

from pathlib import Path

import pytest
from aws_account import Account, RecordingClusters

from emulator.aws.account import AwsAccount
from emulator.aws.provider import AwsProvider


@pytest.fixture
def account(tmp_path: Path) -> Account:
    clusters = RecordingClusters()
    store = AwsAccount(clusters, tmp_path / "aws.sqlite")
    provider = AwsProvider(store)
    provider.configure({"region": "ap-northeast-2", "defaultTags": {"tags": {"Project": "openmarket"}}})
    return Account(store, provider, clusters)
