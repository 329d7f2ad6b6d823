"""A schema of a service's own in the shop's database."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from components.base.section import Section

SHOP_SCHEMA = "openmarket"
"""The schema that `uses: [database]` gives, and that the database begins with."""

USERS = "database-users"
"""The Job that makes the users of the shop's schema, and the beginning of the names of those for other schemas."""

_MOST_CHARACTERS = 22
"""A user of MySQL has at most 32, and those of a schema are called `<schema>_app` and `<schema>_migration`."""
_OF_MYSQL = ("information_schema", "mysql", "performance_schema", "sys")
_OF_ADMINISTRATORS = {"admin", "administrator", "master", "root", "superuser"}
"""Words by which the policies know the Secret of a database's administrator."""
_ROTATED = "migration"
"""`rotate database-migration` is about the shop's schema."""


def _free(name: str) -> str:
    if name == SHOP_SCHEMA:
        raise ValueError(f"{name} is the shop's schema: uses: [database] is for that")
    if name in _OF_MYSQL:
        raise ValueError(f"{name} is MySQL's own")
    if words := _OF_ADMINISTRATORS & set(name.split("_")):
        raise ValueError(f"with {min(words)} in it, its Secret would count as that of the database's administrator")
    if name == _ROTATED:
        raise ValueError(f"database-{name} is a credential already")
    return name


class SchemaConfig(Section):
    """The schema, with users of its own. Services that name the same one share both.

    Nothing drops a schema, or what is in it: under another name the service begins with an empty one.
    """

    name: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z]([a-z0-9_]*[a-z0-9])?$", max_length=_MOST_CHARACTERS),
        AfterValidator(_free),
    ] = Field(
        description=f"the name, of at most {_MOST_CHARACTERS} lower-case letters, digits and _, of a schema of its own "
        "in the database, in place of database in uses; services that give the same one share it"
    )


def users_name(schema: str) -> str:
    """The Job that makes a schema's users: the label `app.kubernetes.io/name` of its pods, and its network policy."""
    return USERS if schema == SHOP_SCHEMA else f"{USERS}-{label(schema)}"


def users_secret(prefix: str, schema: str, user: str) -> str:
    """The name in Secrets Manager of the credentials of a user of a service's own schema, `app` or `migration`."""
    return f"{prefix}-schema-{label(schema)}-{user}-credentials"


def label(schema: str) -> str:
    """The schema in names of objects, which have hyphens where a schema has underscores, and a schema has none."""
    return schema.replace("_", "-")
