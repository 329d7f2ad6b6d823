"""Names of schemas, and what else in a stanza contradicts one."""

from typing import Any

import pytest

from components import config
from components.config.services import schemas
from tests.components.config.test_loading import message
from tests.components.kinds import with_kinds
from tests.components.program import run

NAME = "mailer.database.name is "
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("mailer", {"database": "orders"}, "mailer.database is orders\n    needs a mapping with name"),
    ("mailer", {"database": {}}, "mailer.database.name is missing\n    needs the name, of at most 22 lower-case"),
    ("mailer", {"database": {"name": ""}}, f'{NAME}""\n    needs the name, of at most 22 lower-case letters, digits'),
    ("mailer", {"database": {"name": "Orders"}}, f"{NAME}Orders\n    needs the name, of at most 22 lower-case"),
    ("mailer", {"database": {"name": "order-items"}}, f"{NAME}order-items\n    needs the name, of at most 22"),
    ("mailer", {"database": {"name": "2orders"}}, f"{NAME}2orders\n    needs the name, of at most 22"),
    ("mailer", {"database": {"name": "orders_"}}, f"{NAME}orders_\n    needs the name, of at most 22"),
    ("mailer", {"database": {"name": "a" * 23}}, f"{NAME}{'a' * 23}\n    needs the name, of at most 22"),
    ("mailer", {"database": {"name": "mysql"}}, "(mysql is MySQL's own)"),
    ("mailer", {"database": {"name": "sys"}}, "(sys is MySQL's own)"),
    ("mailer", {"database": {"name": "information_schema"}}, "(information_schema is MySQL's own)"),
    ("mailer", {"database": {"name": "performance_schema"}}, "(performance_schema is MySQL's own)"),
    ("mailer", {"database": {"name": "openmarket"}}, "(openmarket is the shop's schema: uses: [database] is for that)"),
    ("mailer", {"database": {"name": "shop_admin"}}, "(with admin in it, its Secret would count as that of the"),
    ("mailer", {"database": {"name": "migration"}}, "(database-migration is a credential already)"),
    ("mailer", {"database": {"name": "mail", "user": "me"}}, "mailer.database.user is me\n    needs to go: no"),
    (
        "nightly",
        {"database": {"name": "orders"}},
        "nightly.database.name is orders\n    needs to go, as uses has database, which is the shop's schema; or uses",
    ),
    (
        "mailer",
        {"migration": {"command": ["migrate"]}},
        'migration.command is ["migrate"]\n    needs database in uses, or a schema of its own in database, as a',
    ),
    ("mailer", {"database": {"name": "mail"}, "secrets": ["DB_PASSWORD"]}, "other names in place of DB_PASSWORD"),
]  # fmt: skip


@pytest.mark.parametrize(("service", "change", "expected"), WRONG, ids=lambda each: str(each)[:50])
def test_what_cannot_be_a_schema_or_contradicts_one_is_refused(
    service: str, change: dict[str, Any], expected: str
) -> None:
    settings = with_kinds()
    settings["openmarket:services"][service] |= change
    text = message(settings)
    assert expected in text.replace("openmarket:services.", "")
    assert text.startswith("Pulumi.dev.yaml has 1 problem;")


def test_a_service_has_no_name_that_a_job_of_a_schema_may_have() -> None:
    settings = with_kinds()
    services = settings["openmarket:services"]
    services["database-users-mail"] = services.pop("mailer")
    run("dev", settings, config.load)
    services["nightly"] |= {"uses": [], "database": {"name": "mail"}}
    assert (
        "services.database-users-mail is database-users-mail\n"
        "    needs another name: Jobs that make the users of schemas begin with database-users-"
    ) in message(settings)


def test_who_uses_which_schema_and_whether_it_is_migrated() -> None:
    settings = with_kinds()
    services = settings["openmarket:services"]
    services["mailer"] |= {"database": {"name": "mail_2"}}
    services["reindex"] |= {"database": {"name": "search"}}
    services["backend-api"] |= {"uses": [], "database": {"name": "mail_2"}, "migration": {"command": ["migrate"]}}
    found: list[config.StackConfig] = []
    run("dev", settings, lambda: found.append(config.load()))
    assert schemas(found[0].services) == {"mail_2": True, "openmarket": False, "search": False}
    assert {name: each.used_schema for name, each in found[0].services.items()} == {
        "frontend-web": "", "backend-api": "mail_2", "mailer": "mail_2", "nightly": "openmarket", "reindex": "search",
    }  # fmt: skip
