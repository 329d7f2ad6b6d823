"""Names the parts of a deployed shop, and reports what keeps a command from reaching them."""

from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from analysis import preview, stack_file
from analysis.state import BadState
from ops.aws import AwsError
from ops.cluster import ClusterError
from ops.errors import fail
from ops.operate.deployments import BadHistory

NAME_LABEL = "app.kubernetes.io/name"
"""The label of pods with the name of their service."""


RUNNING = ("web", "worker")
"""Kinds of services whose pods are always there."""
RUN = ("cronJob", "task")
"""Kinds of services that run and end."""


class BadArgument(Exception):
    """An argument of a command is wrong; the message says what would be right."""


def selector_of(service: str) -> str:
    """Return the selector of a service's pods."""
    return f"{NAME_LABEL}={service}"


def stanzas(stack: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the services' stanzas of the stack file, by name.

    Raises:
        BadStack: There is no such stack, or its file has no services.
    """
    found = stack_file.settings(stack).get(stack_file.SERVICES)
    if not isinstance(found, dict) or not found:
        raise stack_file.BadStack(f"Pulumi.{stack}.yaml needs {stack_file.SERVICES}, a mapping of services by name")
    return cast(Mapping[str, Mapping[str, Any]], found)


def kind_of(stanza: Mapping[str, Any]) -> str:
    """Return the kind of a service."""
    return str(stanza.get("kind") or "web")


def service_of(stack: str, wanted: str, kinds: Collection[str] | None = None) -> str:
    """Return the name of the service that the argument selects: its name, or the first part of it, such as `backend`.

    `kinds` are those that the command is for; None for any.

    Raises:
        BadArgument: The argument selects none, more than one, or one of another kind.
        BadStack: As `stanzas`.
    """
    name = _named(stack, wanted)
    kind = kind_of(stanzas(stack)[name])
    if kinds is None or kind in kinds:
        return name
    of_them = [each for each, stanza in stanzas(stack).items() if kind_of(stanza) in kinds]
    listed = f"those of {stack} are {', '.join(of_them)}" if of_them else f"{stack} has none"
    raise BadArgument(f"{name} is of kind {kind}: this is for services of kind {' or '.join(kinds)}; {listed}")


def _named(stack: str, wanted: str) -> str:
    names = list(stanzas(stack))
    found = [wanted] if wanted in names else [name for name in names if name.partition("-")[0] == wanted]
    if len(found) == 1:
        return found[0]
    raise BadArgument(f"there is no service {wanted!r}: the services of {stack} are {', '.join(names)}")


@contextmanager
def reporting_errors() -> Generator[None]:
    """End the command with a message if an expected error occurs."""
    try:
        yield
    except (
        BadArgument,
        BadHistory,
        BadState,
        preview.BadPreview,
        stack_file.BadStack,
        ClusterError,
        AwsError,
    ) as error:
        fail(str(error))
