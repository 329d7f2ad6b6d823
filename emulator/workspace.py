"""Prepares the folder in which the engine runs: the real program, with copies of the files that Pulumi changes.

Pulumi stores a stack's encryption salt in its `Pulumi.<stack>.yaml`, and `stack rm` deletes that file. So the engine
runs in `.emulator/project`, whose `Pulumi.yaml` refers to the real `__main__.py`, and tracked files never change.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import yaml

from emulator.paths import PROJECT, STATE

FOLDER = STATE / "project"


class BadFile(Exception):
    """A file of the project is invalid for Pulumi; the message says what is wrong and where."""


class _PulumiLoader(yaml.SafeLoader):
    """Reads YAML as Pulumi does: duplicate keys are errors, and `yes` and `on` are strings."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        lines: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if isinstance(key, yaml.ScalarNode):
                if key.value in lines:
                    raise BadFile(f"line {line} repeats the key {key.value} of line {lines[key.value]}")
                lines[key.value] = line
        return super().construct_mapping(node, deep)


_PulumiLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PulumiLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)

PLACEHOLDER = "emulated-secret"
"""Replaces encrypted values of a stack file, whose key is in a real AWS account."""

_CLOUD_KEYS = {"secretsprovider", "encryptedkey", "encryptionsalt"}
_SUFFIX = ".yaml"


def stack_files() -> dict[str, Path]:
    """Return the tracked file of each stack, by name."""
    files = sorted(PROJECT.glob(f"Pulumi.*{_SUFFIX}"))
    return {file.name.removeprefix("Pulumi.").removesuffix(_SUFFIX): file for file in files}


def project_name() -> str:
    """Return the name of the Pulumi project.

    Raises:
        BadFile: `Pulumi.yaml` is invalid for Pulumi.
        OSError: It cannot be read.
    """
    return str(_load(PROJECT / "Pulumi.yaml").get("name", ""))


def synchronise() -> Path:
    """Update the engine's copies of the tracked files, and return their folder.

    Raises:
        BadFile: A file is invalid for Pulumi.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    project = _load(PROJECT / "Pulumi.yaml")
    project["main"] = str(PROJECT / project.get("main", "."))
    options = project.get("runtime", {}).get("options", {}) if isinstance(project.get("runtime"), dict) else {}
    if "virtualenv" in options:
        options["virtualenv"] = str(PROJECT / options["virtualenv"])
    _save(FOLDER / "Pulumi.yaml", project)
    for file in stack_files().values():
        copy = FOLDER / file.name
        settings = {key: value for key, value in _load(file).items() if key not in _CLOUD_KEYS}
        settings["config"] = _without_secrets(settings.get("config", {}))
        if copy.exists() and "encryptionsalt" in (previous := _load(copy)):
            settings["encryptionsalt"] = previous["encryptionsalt"]
        _save(copy, settings)
    return FOLDER


def absolute_arguments(arguments: Iterable[str]) -> list[str]:
    """Return a `pulumi` command's arguments with absolute paths, because it runs in another folder."""
    flags = {"--file", "--plan", "--save-plan", "--policy-pack", "--policy-pack-config", "--config-file", "--event-log"}
    result: list[str] = []
    for argument in arguments:
        flag, separator, value = argument.partition("=")
        if separator and flag in flags:
            result.append(f"{flag}={Path(value).absolute()}")
        elif result and result[-1] in flags:
            result.append(str(Path(argument).absolute()))
        else:
            result.append(argument)
    return result


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        mapping = cast(dict[str, Any], value)
        if mapping.keys() == {"secure"}:
            return PLACEHOLDER
        return {key: _without_secrets(item) for key, item in mapping.items()}
    if isinstance(value, list):
        return [_without_secrets(item) for item in cast(list[Any], value)]
    return value


def _load(file: Path) -> dict[str, Any]:
    """Read the mapping in a file."""
    try:
        content: Any = yaml.load(file.read_text(), _PulumiLoader)  # noqa: S506 (a safe loader)
    except (BadFile, yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadFile(f"{os.path.relpath(file, PROJECT)}: {error}") from None
    if content is not None and not isinstance(content, dict):
        raise BadFile(f"{os.path.relpath(file, PROJECT)}: not a mapping")
    return cast(dict[str, Any], content or {})


def _save(file: Path, content: dict[str, Any]) -> None:
    """Replace the file atomically, because another command may be reading it."""
    text = yaml.safe_dump(content, sort_keys=False)
    if not file.exists() or file.read_text() != text:
        temporary = file.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(text)
        temporary.replace(file)
