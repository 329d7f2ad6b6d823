"""The Pulumi project as the engine sees it: the real program, with copies of the files that Pulumi writes to.

Pulumi stores a stack's encryption salt in its `Pulumi.<stack>.yaml`, and `stack rm` deletes that file. So the engine
works in `.emulator/project`, whose `Pulumi.yaml` points back at the real `__main__.py`, and tracked files never change.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import yaml

from emulator.paths import PROJECT, STATE

FOLDER = STATE / "project"

PLACEHOLDER = "emulated-secret"
"""Replaces what a stack file keeps encrypted: the key to it is in an AWS account, which is not at hand here."""

_CLOUD_KEYS = {"secretsprovider", "encryptedkey", "encryptionsalt"}
_SUFFIX = ".yaml"


def stack_files() -> dict[str, Path]:
    """The project's stacks by name, each with its tracked file."""
    files = sorted(PROJECT.glob(f"Pulumi.*{_SUFFIX}"))
    return {file.name.removeprefix("Pulumi.").removesuffix(_SUFFIX): file for file in files}


def synchronise() -> Path:
    """Bring the engine's copies up to date with the tracked files and answer their folder."""
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
    """Arguments of a `pulumi` command with the paths that they name made absolute, as it runs in another folder."""
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
    return cast(dict[str, Any], yaml.safe_load(file.read_text()) or {})


def _save(file: Path, content: dict[str, Any]) -> None:
    """Replace the file at once: another command may be reading it."""
    text = yaml.safe_dump(content, sort_keys=False)
    if not file.exists() or file.read_text() != text:
        temporary = file.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(text)
        temporary.replace(file)
