"""What a stack's file says, as far as commands need it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from components.config.problems import Model

PROJECT = Path(__file__).resolve().parent.parent


class BadStack(Exception):
    """There is no such stack, or its file does not say what is needed."""


@dataclass(frozen=True)
class Stack:
    """A stack's region and cluster. `pins` are the versions of EKS add-ons that the file decides on."""

    name: str
    region: str
    kubernetes: str
    pins: Mapping[str, str]

    @property
    def cluster(self) -> str:
        """The EKS cluster's name."""
        return f"openmarket-{self.name}-eks"


def names(folder: Path | None = None) -> list[str]:
    """The stacks that have a file."""
    return sorted(file.name.split(".")[1] for file in (folder or PROJECT).glob("Pulumi.*.yaml"))


def settings(name: str, folder: Path | None = None) -> dict[str, Any]:
    """Everything that the stack's file sets.

    Raises:
        BadStack: There is no such stack, or its file is not YAML.
    """
    known = names(folder)
    if name not in known:
        raise BadStack(f"there is no stack {name!r}: there are {', '.join(known)}")
    import yaml

    file = (folder or PROJECT) / f"Pulumi.{name}.yaml"
    try:
        found: Any = yaml.safe_load(file.read_text())["config"]
    except (yaml.YAMLError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise BadStack(f"{file.name} has no config ({error})") from None
    if not isinstance(found, dict):
        raise BadStack(f"{file.name} has no config: that is a mapping")
    return cast(dict[str, Any], found)


def region(name: str) -> str:
    """The AWS region that the stack is in.

    Raises:
        BadStack: There is no such stack, or its file does not say it.
    """
    found = settings(name).get("aws:region")
    if not found:
        raise BadStack(f"Pulumi.{name}.yaml needs aws:region, such as ap-northeast-2")
    return str(found)


def section(name: str, key: str, model: "type[Model]", folder: Path | None = None) -> "Model":
    """What the stack's file has under a key, such as `openmarket:images` or `openmarket:services.backend-api`.

    Raises:
        BadStack: There is no such stack, or what its file says there is not right; the message has every problem.
    """
    # Validation is what takes long to import, and most commands ask for names and regions only.
    from components.config.problems import checked

    value: Any = settings(name, folder)
    for part in key.split("."):
        value = cast(Mapping[str, Any], value).get(part) if isinstance(value, Mapping) else None
    try:
        return checked(name, key, value, model)
    except ValueError as error:
        raise BadStack(str(error)) from None


def allowed_accounts(name: str) -> list[str]:
    """Ids of the AWS accounts that the stack may be in; none: any. Raises as `settings`."""
    ids: list[Any] = settings(name).get("aws:allowedAccountIds") or []
    return [str(each) for each in ids]


def check_account(name: str, account: str) -> None:
    """Refuse an account that the stack may not be in.

    Raises:
        BadStack: There is no such stack, or it may be in other accounts only.
    """
    allowed = allowed_accounts(name)
    if allowed and account not in allowed:
        raise BadStack(
            f"stack {name} may be in account {', '.join(allowed)} only, and these are credentials of {account}"
        )


def read(name: str, folder: Path | None = None) -> Stack:
    """The stack of that name.

    Raises:
        BadStack: The message says what is wrong.
    """
    config = settings(name, folder)
    try:
        cluster = cast(dict[str, Any], config["openmarket:cluster"])
        pins = cast(dict[str, str], cluster.get("addonVersions") or {})
        return Stack(name, str(config["aws:region"]), str(cluster["version"]), pins)
    except (KeyError, TypeError) as error:
        raise BadStack(f"Pulumi.{name}.yaml needs aws:region and openmarket:cluster with a version ({error})") from None
