"""The secrets of a schema's users in the database."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.config.services.schema import users_secret
from components.context import StackContext
from components.data.credentials import StoredSecret, StoredSecretArgs, generated_password


@dataclass(frozen=True)
class SchemaUsers:
    """The secrets of the users that have rights on a schema of the database, and on that one only."""

    application: StoredSecret
    """That of the services."""
    migration: StoredSecret | None
    """That of the migrations; None if there are none."""


@dataclass(frozen=True)
class SchemaArgs:
    """Inputs of `Schema`."""

    context: StackContext
    schema: str
    migrated: bool
    """True for a user of the migrations besides that of the services."""
    address: Mapping[str, pulumi.Input[str]]
    """Where the database is: `host`, `reader_host` and `port`."""
    password_length: int


class Schema(pulumi.ComponentResource):
    """Creates passwords and secrets of the users of a schema that is a service's own.

    Their names are `<prefix>-schema-<schema>-<user>-credentials`. A Job in the cluster makes the schema and the users
    themselves, which stay in the database when this goes.
    """

    users: SchemaUsers

    def __init__(self, name: str, args: SchemaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:Schema", name, {}, opts)
        self._name = name
        self._args = args
        self.users = SchemaUsers(self._secret("app"), self._secret("migration") if args.migrated else None)
        self.register_outputs({"schema": args.schema})

    def _secret(self, user: str) -> StoredSecret:
        args, username = self._args, f"{self._args.schema}_{user}"
        values: dict[str, pulumi.Input[str]] = {
            **args.address,
            "dbname": args.schema,
            "username": username,
            "password": generated_password(f"{self._name}-{user}-password", args.password_length, self),
        }
        secret_name = users_secret(args.context.prefix, args.schema, user)
        return StoredSecret(
            f"{self._name}-{user}-credentials",
            StoredSecretArgs(args.context, secret_name, f"Database user {username}", values),
            pulumi.ResourceOptions(parent=self),
        )
