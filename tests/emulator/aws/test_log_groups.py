"""Log groups that agents make when the program is late or has gone."""

from pathlib import Path

from emulator.aws import log_groups
from emulator.aws.tokens import LOG_GROUP
from emulator.store import Store, StoredObject

NAME = "/aws/containerinsights/dev/application"


def test_a_missing_group_is_made_without_retention(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.transaction() as transaction:
        log_groups.ensure(transaction, NAME)
    (made,) = store.find(LOG_GROUP)
    assert (made.id, made.urn, made.outputs["retentionInDays"]) == (NAME, "", 0)


def test_the_programs_group_stays_as_it_is(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    with store.transaction() as transaction:
        transaction.put(StoredObject(LOG_GROUP, NAME, urn="urn", outputs={"name": NAME, "retentionInDays": 7}))
        log_groups.ensure(transaction, NAME)
    (kept,) = store.find(LOG_GROUP)
    assert (kept.urn, kept.outputs["retentionInDays"]) == ("urn", 7)
