"""However many files start from a deployed stack at once, it is deployed once."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import start
from tests.e2e.checkout import Checkout


@dataclass(frozen=True)
class Recorded(Checkout):
    """A checkout that deploys nothing, and notes what is asked of it."""

    asked: list[str] = field(default_factory=list[str])

    def make(self, *words: str, **options: Any) -> str:
        self.asked.append(" ".join(words))
        time.sleep(0.05)
        if self.path.name == "broken":
            raise AssertionError
        return ""

    def emulator(self, *arguments: str, **options: Any) -> Any:
        self.asked.append(" ".join(arguments))
        if arguments[0] == "save":
            (Path(options["env"]["OPENMARKET_EMULATOR_SNAPSHOTS"]) / arguments[1]).mkdir(parents=True)


def test_one_deploys_and_the_others_restore(tmp_path: Path) -> None:
    checkouts = [Recorded(tmp_path / str(number)) for number in range(4)]
    with ThreadPoolExecutor(len(checkouts)) as pool:
        list(pool.map(lambda each: start.deployed(each, tmp_path / "snapshots", "dev"), checkouts))
    first, *others = sorted((each.asked for each in checkouts), key=lambda asked: asked[0] != "up STACK=dev")
    name = f"dev-{start.content(tmp_path / '0')}"
    assert first == ["up STACK=dev", f"save {name}"]
    assert others == [[f"restore {name}", "run -- true"]] * 3


def test_after_a_deployment_that_failed_the_next_one_tries(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        start.deployed(Recorded(tmp_path / "broken"), tmp_path / "snapshots", "dev")
    following = Recorded(tmp_path / "following")
    start.deployed(following, tmp_path / "snapshots", "dev")
    assert [words.partition("-")[0] for words in following.asked] == ["up STACK=dev", "save dev"]


@pytest.mark.parametrize(
    ("file", "another"),
    [
        ("Pulumi.dev.yaml", True), ("components/network.py", True), ("emulator/aws/iam.py", True),
        ("docs/cost.md", False), ("README.md", False), ("tests/e2e/test_start.py", False),
        ("components/__pycache__/network.pyc", False), (".emulator/aws.sqlite", False),
    ],
)  # fmt: skip
def test_a_change_of_what_decides_the_deployment_makes_another_snapshot(
    tmp_path: Path, file: str, another: bool
) -> None:
    checkout = tmp_path / "checkout"
    (checkout / file).parent.mkdir(parents=True)
    digests: list[str] = []
    for text in ("before", "after"):
        (checkout / file).write_text(text)
        digests.append(start.content(checkout))
    assert (digests[0] != digests[1]) == another


@pytest.mark.parametrize("worker", ["", "popen-gw1"])
def test_workers_share_the_sessions_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worker: str) -> None:
    factory = pytest.TempPathFactory.__new__(pytest.TempPathFactory)
    monkeypatch.setattr(pytest.TempPathFactory, "getbasetemp", lambda _: tmp_path / "pytest-1" / worker)
    assert start.shared_folder(factory) == tmp_path / "pytest-1" / "snapshots"
