"""An empty simulated account, with a control plane that only remembers what it was asked."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aws_account import Account

import emulator.kubernetes
from emulator.aws.provider import AwsProvider
from emulator.store import Store


@dataclass(frozen=True)
class ControlPlane:
    endpoint: str = "https://127.0.0.1:6443"
    certificate_authority: str = "Q0E="


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    store = Store(tmp_path / "aws.sqlite")
    provider = AwsProvider(store)
    provider.configure({"region": "ap-northeast-2", "defaultTags": {"tags": {"Project": "openmarket"}}})
    account = Account(store, provider)

    def record(name: str, answer: Any = None) -> Any:
        def call(*arguments: Any) -> Any:
            account.calls.append((name, *arguments))
            return answer

        return call

    @dataclass(frozen=True)
    class NodeGroupSpec:
        name: str
        instance_types: tuple[str, ...]
        capacity_type: str
        architecture: str
        zones: tuple[str, ...]
        networks: tuple[str, ...]
        desired: int
        labels: Mapping[str, str]
        taints: tuple[Mapping[str, str], ...]

    class AddonDegraded(Exception):
        pass

    class InvalidConfiguration(ValueError):
        pass

    class NodeCreationFailure(Exception):
        pass

    doubles: dict[str, dict[str, Any]] = {
        "control_plane": {
            "start": record("start", ControlPlane()), "stop": record("stop"), "token": record("token", "secret-token"),
        },
        "nodes": {
            "join": record("join"), "leave": record("leave"), "NodeGroupSpec": NodeGroupSpec,
            "NodeCreationFailure": NodeCreationFailure,
        },
        "addons": {
            "install": record("install"), "remove": record("remove"), "AddonDegraded": AddonDegraded,
            "InvalidConfiguration": InvalidConfiguration,
        },
    }  # fmt: skip
    for name, attributes in doubles.items():
        module = ModuleType(f"emulator.kubernetes.{name}")
        for key, value in attributes.items():
            setattr(module, key, value)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr(emulator.kubernetes, name, module, raising=False)
    return account
