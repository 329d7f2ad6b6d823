"""The command that shows and changes what a database holds."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from emulator import database_commands
from emulator.__main__ import app
from emulator.aws.tokens import DATABASE_CLUSTER
from emulator.store import Store, StoredObject

HOST = "shop.cluster-1.ap-northeast-2.rds.amazonaws.com"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account with a database."""
    store = Store(tmp_path / "aws.sqlite")
    monkeypatch.setattr(database_commands, "Store", lambda: store)
    endpoints = {"endpoint": HOST, "readerEndpoint": HOST.replace("cluster-", "cluster-ro-")}
    with store.transaction() as account:
        account.put(StoredObject(DATABASE_CLUSTER, "shop", outputs=endpoints))


def rows(*words: str) -> str:
    done = CliRunner().invoke(app, ["rows", *words])
    return f"{done.output}{done.exception if isinstance(done.exception, SystemExit) else ''}".strip()


def test_keys_get_values_and_lose_them() -> None:
    assert rows(HOST) == "The database is empty."
    assert rows(HOST, "order-1=paid", "order-2=new") == "order-1=paid\norder-2=new"
    assert rows(HOST, "order-1=") == "order-2=new"
    assert rows(HOST.replace("cluster-", "cluster-ro-")) == "order-2=new"


def test_what_is_no_change_or_no_address_is_refused() -> None:
    assert "'order-1' is no change" in rows(HOST, "order-2=new", "order-1")
    assert rows(HOST) == "The database is empty."
    assert "no database answers at 'elsewhere'" in rows("elsewhere")
