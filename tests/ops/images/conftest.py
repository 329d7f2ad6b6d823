"""A shop whose images can be built and pushed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analysis import stack_file
from emulator.aws.types.ecr import REPOSITORY
from emulator.store import Store, StoredObject
from tests.ops.images.shop import HOST, PROJECT, SERVICES


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stack files, the shop's source in a git repository beside them, and an account with the repositories."""
    home = tmp_path / "platform"
    home.mkdir()
    for file in PROJECT.glob("Pulumi.*.yaml"):
        shutil.copy(file, home)
    monkeypatch.setattr(stack_file, "PROJECT", home)
    shop = tmp_path / "openmarket"
    for part in ("backend", "frontend"):
        (shop / part).mkdir(parents=True)
        (shop / part / "Dockerfile").write_text(f"FROM scratch # {part}\n")
    for words in ("init -q", "add -A", "-c user.name=t -c user.email=t@example.com commit -qm source"):
        subprocess.run(["git", *words.split()], cwd=shop, check=True)
    store = Store(tmp_path / "state" / "aws.sqlite")
    with store.transaction() as account:
        for stack in ("dev", "staging"):
            for service in SERVICES:
                name = f"openmarket-{stack}/{service}"
                filters = [{"filter": f"{stack}-latest", "filterType": "WILDCARD"}]
                outputs = {
                    "repositoryUrl": f"{HOST}/{name}",
                    "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
                    "imageTagMutabilityExclusionFilters": filters,
                }
                account.put(StoredObject(REPOSITORY, name, outputs=outputs))
    monkeypatch.setenv("OPENMARKET_EMULATOR_STATE", str(tmp_path / "state"))
    commands = tmp_path / "bin"
    commands.mkdir()
    for name, module in {"aws": "emulator.aws", "docker": "emulator.aws.docker"}.items():
        (commands / name).write_text(f'#!/bin/sh\nPYTHONPATH="{PROJECT}" exec "{sys.executable}" -m {module} "$@"\n')
        (commands / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    return home
