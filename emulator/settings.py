"""Reads the settings file `emulator.toml`, which adapts the emulator to a program.

Every process reads it, including plugins and the `aws` command, so this module imports nothing that is slow.
"""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

FILE = "emulator.toml"
STACK = "{stack}"

_SETTINGS = "OPENMARKET_EMULATOR_SETTINGS"
_PROJECT = "OPENMARKET_EMULATOR_PROJECT"


class InvalidSettings(Exception):
    """The settings are invalid; the message names the setting, its value and what would be right."""


@dataclass(frozen=True)
class Settings:
    """The settings. Those of the file replace these defaults.

    Attributes:
        file: Path of the settings file; None if there is none.
        project: Folder of the program, which has the `Pulumi.yaml`.
        stack: Stack that commands use if none is named.
        deploy: Command that hints suggest for deploying the stack `{stack}`.
        cluster: Name of a stack's EKS cluster, with `{stack}`; empty for the first one that the stack has deployed.
        idle_percent: Simulated usage of a container in percent of its requests.
        account: AWS account that is used if the provider's configuration allows any.
        region: AWS region that is used if the provider's configuration names none.
        role: Name of the IAM role that deploys.
    """

    file: Path | None
    project: Path
    stack: str = "dev"
    deploy: str = "python -m emulator run -- pulumi up --stack {stack}"
    cluster: str = ""
    idle_percent: float = 20.0
    account: str = "123456789012"
    region: str = "us-east-1"
    role: str = "deployer"

    def environment(self) -> dict[str, str]:
        """Return environment variables with which other processes find these settings, wherever they run."""
        return {_PROJECT: str(self.project)} | ({_SETTINGS: str(self.file)} if self.file else {})


@dataclass(frozen=True)
class _Rule:
    right: str
    met: Callable[[Any], bool]


def _text(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


_RULES: Mapping[str, Mapping[str, _Rule]] = {
    "program": {
        "folder": _Rule("a folder with a Pulumi.yaml, as seen from the settings file", _text(".+")),
        "stack": _Rule("a stack's name, such as dev", _text("[A-Za-z0-9_.-]+")),
        "deploy": _Rule("a command that deploys {stack}", _text(".+")),
    },
    "kubernetes": {
        "cluster": _Rule("a name with {stack} in it, such as shop-{stack}", _text(r"[A-Za-z0-9_-]*\{stack\}[\w-]*")),
        "idle_percent": _Rule(
            "a number from 0 to 100",
            lambda value: isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100,
        ),
    },
    "aws": {
        "account": _Rule('twelve digits in quotes, such as "123456789012"', _text(r"\d{12}")),
        "region": _Rule("a region, such as us-east-1", _text(r"[a-z]+(-[a-z]+)+-\d+")),
        "role": _Rule("the name of an IAM role", _text(r"[\w+=,.@-]{1,64}")),
    },
}


def load(start: Path, environment: Mapping[str, str]) -> Settings:
    """Load the settings for a process in the folder `start`.

    The file is the one that `OPENMARKET_EMULATOR_SETTINGS` names, or the first in `start` and its parents. Without a
    file, the program is in the first of these folders with a `Pulumi.yaml`.

    Raises:
        InvalidSettings: The file does not exist, is not TOML, or has an unknown setting or an invalid value.
    """
    named = environment.get(_SETTINGS)
    file = Path(named).absolute() if named else _upwards(start, FILE)
    known = environment.get(_PROJECT)
    if file is None:
        program = _upwards(start, "Pulumi.yaml")
        return Settings(None, Path(known) if known else program.parent if program else start)
    values = _read(file)
    project = Path(os.path.normpath(file.parent / values.pop("folder", ".")))
    if not (project / "Pulumi.yaml").exists():
        raise InvalidSettings(f"{file}: program.folder leads to {project}, which has no Pulumi.yaml")
    return Settings(file, project, **values)


def _upwards(start: Path, name: str) -> Path | None:
    return next((folder / name for folder in (start, *start.parents) if (folder / name).exists()), None)


def _read(file: Path) -> dict[str, Any]:
    """Return the values by key; the keys of all tables are distinct."""
    try:
        document = tomllib.loads(file.read_text())
    except OSError as error:
        raise InvalidSettings(f"{file} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise InvalidSettings(f"{file} is not TOML: {error}") from None
    values: dict[str, Any] = {}
    for table, content in document.items():
        rules = _RULES.get(table)
        if rules is None or not isinstance(content, dict):
            raise InvalidSettings(f"{file}: {table} is not a table of settings; they are {', '.join(_RULES)}")
        for key, value in cast(dict[str, Any], content).items():
            rule = rules.get(key)
            if rule is None:
                raise InvalidSettings(f"{file}: {table}.{key} is not a setting; {table} has {', '.join(rules)}")
            if not rule.met(value):
                raise InvalidSettings(f"{file}: {table}.{key} is {value!r}; it must be {rule.right}")
            values[key] = value
    return values
