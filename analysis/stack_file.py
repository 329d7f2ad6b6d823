"""Reads stack files (`Pulumi.<stack>.yaml`) for the operator commands and the policies."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from components.config.problems import Model
    from components.config.services import ServiceConfig

PROJECT = Path(__file__).resolve().parent.parent

SERVICES = "openmarket:services"
"""The section of a stack file with the services."""

ORDER: tuple[str, ...] = ("dev", "staging", "prod")
"""The stacks in the order in which `deploy.yml` deploys them."""


class BadStack(Exception):
    """There is no such stack, or its file lacks what is needed or is invalid; the message says which."""


@dataclass(frozen=True)
class Stack:
    """A stack's region and cluster.

    Attributes:
        name: Name of the stack.
        region: AWS region.
        kubernetes: Kubernetes version, such as `1.36`.
        pins: Versions by EKS add-on that the file pins; an add-on that is absent gets AWS's default.
    """

    name: str
    region: str
    kubernetes: str
    pins: Mapping[str, str]

    @property
    def cluster(self) -> str:
        """Name of the EKS cluster."""
        return f"{prefix(self.name)}-eks"


def prefix(name: str) -> str:
    """Return the beginning of the names of what a stack has, which is also the namespace of its services."""
    return f"openmarket-{name}"


def names(folder: Path | None = None) -> list[str]:
    """Return the names of the stacks that have a file, sorted."""
    return sorted(file.name.split(".")[1] for file in (folder or PROJECT).glob("Pulumi.*.yaml"))


def settings(name: str, folder: Path | None = None) -> dict[str, Any]:
    """Return the `config` mapping of the stack file.

    Raises:
        BadStack: There is no such stack, or its file is not YAML.
    """
    known = names(folder)
    if name not in known:
        raise BadStack(f"there is no stack {name!r}: the stacks are {', '.join(known)}")
    import yaml

    file = (folder or PROJECT) / f"Pulumi.{name}.yaml"
    try:
        # The loader in C, which a wheel of PyYAML has, is ten times as fast.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        found: Any = yaml.load(file.read_text(), loader)["config"]  # noqa: S506 (both are safe)
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise BadStack(f"{file.name} has no config mapping ({error})") from None
    if not isinstance(found, dict):
        raise BadStack(f"{file.name} has no config mapping")
    return cast(dict[str, Any], found)


def before(name: str, folder: Path | None = None) -> list[str]:
    """Return the stacks that are deployed before this one, out of those that have a file, in their order."""
    known = names(folder)
    return [each for each in ORDER[: ORDER.index(name)] if each in known] if name in ORDER else []


def is_production(name: str) -> bool:
    """Return whether the stack's file says that it is in production. Raises the same as `settings`."""
    return settings(name).get("openmarket:production") is True


def region(name: str) -> str:
    """Return the AWS region of the stack.

    Raises:
        BadStack: There is no such stack, or its file has no `aws:region`.
    """
    found = settings(name).get("aws:region")
    if not found:
        raise BadStack(f"Pulumi.{name}.yaml needs aws:region, such as ap-northeast-2")
    return str(found)


def section(name: str, key: str, model: "type[Model]", folder: Path | None = None) -> "Model":
    """Return a validated section of the stack file, such as `openmarket:images`.

    Raises:
        BadStack: There is no such stack, or the section is invalid; the message lists every problem.
    """
    # Validation takes long to import, and most commands ask for names and regions only.
    from components.config.problems import checked

    value = _at(settings(name, folder), key)
    try:
        return checked(name, key, value, model)
    except ValueError as error:
        raise BadStack(str(error)) from None


def service(name: str, service: str) -> "ServiceConfig":
    """Return the validated stanza of a service, of whichever kind it is. Raises the same as `section`."""
    from components.config.services import stanza

    key = f"{SERVICES}.{service}"
    try:
        return stanza(name, key, _at(settings(name), key))
    except ValueError as error:
        raise BadStack(str(error)) from None


def _at(value: Any, key: str) -> Any:
    for part in key.split("."):
        value = cast(Mapping[str, Any], value).get(part) if isinstance(value, Mapping) else None
    return value


def allowed_accounts(name: str) -> list[str]:
    """Return the ids of the AWS accounts that the stack may be in; empty means any. Raises the same as `settings`."""
    ids: list[Any] = settings(name).get("aws:allowedAccountIds") or []
    return [str(each) for each in ids]


def check_account(name: str, account: str) -> None:
    """Raise if the stack may not be in the account.

    Raises:
        BadStack: There is no such stack, or it may be in other accounts only.
    """
    allowed = allowed_accounts(name)
    if allowed and account not in allowed:
        raise BadStack(
            f"stack {name} is limited to account {', '.join(allowed)}, and these are credentials of {account}"
        )


def read(name: str, folder: Path | None = None) -> Stack:
    """Read a stack's file.

    Raises:
        BadStack: There is no such stack, or its file is incomplete; the message says what is missing.
    """
    config = settings(name, folder)
    try:
        cluster = cast(dict[str, Any], config["openmarket:cluster"])
        pins = cast(dict[str, str], cluster.get("addonVersions") or {})
        return Stack(name, str(config["aws:region"]), str(cluster["version"]), pins)
    except (KeyError, TypeError) as error:
        raise BadStack(f"Pulumi.{name}.yaml needs aws:region and openmarket:cluster with a version ({error})") from None
