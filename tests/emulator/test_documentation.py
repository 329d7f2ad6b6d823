"""The emulator's README says what is true."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emulator.aws import catalogue
from emulator.aws.account import AwsAccount
from emulator.aws.provider import AwsProvider
from emulator.plugins.provider import Call, Resource
from emulator.settings import load

EMULATOR = Path(__file__).resolve().parents[2] / "emulator"
TEXT = (EMULATOR / "README.md").read_text()
BETWEEN_PROCESSES = {"CODE", "DEBUG", "PROJECT", "PYTHON", "SHIMS"}
"""Variables that the emulator sets for its own processes."""


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def variables(text: str) -> Iterator[str]:
    yield from re.findall(r"OPENMARKET_EMULATOR_([A-Z]+)", text)


def test_every_linked_file_exists() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", TEXT) if "://" not in link]
    assert len(links) > 5
    assert [link for link in links if not (EMULATOR / link).exists()] == []


def test_every_variable_is_described_and_no_other() -> None:
    read = {name for file in EMULATOR.rglob("*.py") for name in variables(file.read_text())}
    assert set(variables(TEXT)) == read - BETWEEN_PROCESSES


def test_the_settings_shown_are_settings(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    (shown,) = blocks("toml")
    (tmp_path / "emulator.toml").write_text(shown)
    found = load(tmp_path, {})
    assert (found.project, found.cluster, found.idle_percent) == (tmp_path, "shop-{stack}", 20)


def test_the_example_of_a_type_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = blocks("python")
    module: dict[str, Any] = {}
    exec(compile(example, "sqs.py", "exec"), module)  # noqa: S102 - our own README
    (type_,) = module["TYPES"]
    monkeypatch.setitem(catalogue.TYPES, type_.type, type_)
    clusters: Any = None
    provider = AwsProvider(AwsAccount(clusters, tmp_path / "aws.sqlite"))
    provider.configure({"region": "eu-west-1", "allowedAccountIds": ["210987654321"]})
    resource = Resource("urn:pulumi:dev::shop::aws:sqs/queue:Queue::orders", type_.type, "orders")
    inputs, failures = provider.check(resource, {"fifoQueue": False}, b"seed")
    assert failures == []
    id_, outputs = provider.create(resource, inputs, Call())
    assert outputs["arn"] == f"arn:aws:sqs:eu-west-1:210987654321:{inputs['name']}"
    deployed = replace(resource, id=id_, inputs=inputs, outputs=outputs)
    assert provider.diff(deployed, {**inputs, "fifoQueue": True}).replaces == {"fifoQueue"}
