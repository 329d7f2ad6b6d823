"""Finds the generated credentials of a stack in its state, and says what a new value of each does to the shop."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.preview import State
from ops import named_secrets
from ops.operate.shop import BadArgument

_SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105
_GENERATED = "random:index/randomPassword:RandomPassword"
_SCHEMA = "openmarket:data:Schema"
"""The component with the users of a service's own schema, whose output `schema` is the schema's name."""
_API_KEYS = "api-keys"
_SECONDS_KEPT = "the value before works until the next rotation, so pods that have it go on: after a leak, rotate twice"

_BY_JOB = (f"a Job sets it in the database; {_SECONDS_KEPT}",)


@dataclass(frozen=True)
class Credential:
    """A credential that the program generates.

    Attributes:
        ends: Ends of the names of its resources in the program, one for each value.
        what: What it is, as a sentence continues.
        effect: What a new value does to open sessions and running pods, in sentences.
    """

    ends: Sequence[str]
    what: str
    effect: Sequence[str]


CREDENTIALS: Mapping[str, Credential] = {
    "database": Credential(("-app-db-password",), "the password of the services' database user", _BY_JOB),
    "database-migration": Credential(
        ("-migration-db-password",), "the password of the migrations' database user", _BY_JOB
    ),
    "database-master": Credential(
        ("-rds-password",),
        "the password of the database's master user, which no service has",
        ("RDS sets it at once, and the one before stops to work; open connections stay",),
    ),
    "cache": Credential(("-auth-token",), "the token of the cache", (f"ElastiCache takes both; {_SECONDS_KEPT}",)),
    "tokens": Credential(
        ("-jwt-access-secret", "-jwt-refresh-secret"),
        "the keys that sign the shop's tokens",
        (
            "everybody is logged out and signs in again, sellers and administrators too: a token that the old keys "
            "signed is refused from then on",
            "until the last pod is new, old and new pods refuse each other's tokens",
        ),
    ),
    "grafana": Credential(
        ("-grafana-password",),
        "the password of Grafana's administrator",
        ("Grafana starts again, as its dashboards come from ConfigMaps; sessions in it end",),
    ),
}


def find(states: Iterable[State], name: str) -> tuple[Credential, Sequence[str]]:
    """Return a credential, and the URNs of the resources with its values.

    Raises:
        BadArgument: There is no such credential, or the stack has none of its resources.
    """
    states = list(states)
    generated = [each for each in states if each.type == _GENERATED]
    found = {known: (each, _of(generated, each)) for known, each in CREDENTIALS.items()} | _of_schemas(states)
    there = {known: each for known, each in found.items() if each[1]}
    if name in there:
        return there[name]
    if name == _API_KEYS or _has_own(states, name):
        raise BadArgument(f'the keys of {name} are set by hand: docs/runbook.md, "Set keys by hand", has the commands')
    off = " here, as nothing in the stack needs it" if name in CREDENTIALS else ""
    raise BadArgument(
        f"there is no credential {name!r}{off}: "
        + (f"those of the stack are {', '.join(there)}" if there else "the stack has none, as it is not deployed")
    )


def _of_schemas(states: Sequence[State]) -> dict[str, tuple[Credential, Sequence[str]]]:
    """Return the credentials of services' own schemas: `database-<schema>` and `database-<schema>-migration`."""
    schemas = {each.urn: str(each.outputs.get("schema")) for each in states if each.type == _SCHEMA}
    found: dict[str, tuple[Credential, Sequence[str]]] = {}
    for each in states:
        if each.type == _GENERATED and each.parent in schemas:
            schema, migration = schemas[each.parent], each.name.endswith("-migration-password")
            users = f"the {'migrations' if migration else 'services'}' user of the schema {schema}"
            credential = Credential((), f"the password of {users}", _BY_JOB)
            found[f"database-{schema}{'-migration' if migration else ''}"] = (credential, [each.urn])
    return found


def _has_own(states: Iterable[State], service: str) -> bool:
    """True if there is a secret with keys of the service's own."""
    names = [str(each.inputs.get("name")) for each in states if each.type == _SECRET]
    return any(named_secrets.set_by_hand(name) and name.endswith(f"/{service}") for name in names)


def _of(generated: Iterable[State], credential: Credential) -> list[str]:
    return [each.urn for end in credential.ends for each in generated if each.name.endswith(end)]
