"""Names the parts of a deployed shop, and reports what keeps a command from reaching them."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from analysis import preview, stack_file
from analysis.state import BadState
from ops.aws import AwsError
from ops.cluster import ClusterError
from ops.errors import fail
from ops.operate.deployments import SERVICES, BadHistory

NAME_LABEL = "app.kubernetes.io/name"
"""The label of pods with the name of their service."""


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
    found = stack_file.settings(stack).get(SERVICES)
    if not isinstance(found, dict) or not found:
        raise stack_file.BadStack(f"Pulumi.{stack}.yaml needs {SERVICES}, a mapping of services by name")
    return cast(Mapping[str, Mapping[str, Any]], found)


def service_of(stack: str, wanted: str) -> str:
    """Return the name of the service that the argument selects: its name, or the first part of it, such as `backend`.

    Raises:
        BadArgument: The argument selects none, or more than one.
        BadStack: As `stanzas`.
    """
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
