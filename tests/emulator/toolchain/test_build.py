"""The cache of binaries notices damage, and a missing Go is explained."""

import importlib.metadata
from pathlib import Path

import pytest

from emulator.toolchain import build, toolsets
from emulator.toolchain.toolsets import Toolset


@pytest.fixture
def toolset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Toolset:
    monkeypatch.setattr(toolsets, "CACHE", tmp_path)
    tools = Toolset("kubernetes", "v1", {"a.b": "c"}, {"etcd": "server", "kwok": "kwok"})
    tools.folder.mkdir()
    for name in tools.binaries:
        (tools.folder / name).write_text(f"binary {name}")
        (tools.folder / name).chmod(0o755)
    tools.seal(tools.folder)
    return tools


def test_a_sealed_folder_is_complete(toolset: Toolset) -> None:
    assert toolset.complete()


@pytest.mark.parametrize("damage", ["truncate", "delete", "mode", "manifest"])
def test_damage_is_noticed(toolset: Toolset, damage: str) -> None:
    binary = toolset.folder / "etcd"
    if damage == "truncate":
        binary.write_text("bin")
    elif damage == "delete":
        binary.unlink()
    elif damage == "mode":
        binary.chmod(0o600)
    else:
        (toolset.folder / "manifest.json").write_text("{")
    assert not toolset.complete()


def test_another_pin_is_another_folder(toolset: Toolset) -> None:
    other = Toolset(toolset.name, toolset.version, {"a.b": "d"}, toolset.binaries)
    assert other.folder != toolset.folder


def test_a_missing_go_is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(build, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(toolsets, "CACHE", tmp_path / "cache")
    toolsets.official_pulumi.cache_clear()
    with pytest.raises(build.ToolchainError, match="Go is not on PATH"):
        build.ensure()


def test_the_pinned_pulumi_is_built_on_request(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("pulumi", "pulumi-language-python"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("OPENMARKET_EMULATOR_PULUMI", raising=False)
    toolsets.official_pulumi.cache_clear()
    assert toolsets.official_pulumi() == tmp_path / "pulumi"
    monkeypatch.setenv("OPENMARKET_EMULATOR_PULUMI", "build")
    toolsets.official_pulumi.cache_clear()
    assert toolsets.official_pulumi() is None
    toolsets.official_pulumi.cache_clear()


def test_a_provider_of_the_machines_own_pulumi_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    version = f"v{importlib.metadata.version('pulumi-kubernetes')}"
    plugin = tmp_path / "plugins" / f"resource-kubernetes-{version}" / toolsets.KUBERNETES_PLUGIN
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "nobody")
    monkeypatch.delenv("OPENMARKET_EMULATOR_PULUMI", raising=False)
    monkeypatch.delenv("OPENMARKET_EMULATOR_BIN", raising=False)
    toolsets.official_kubernetes_plugin.cache_clear()
    assert toolsets.official_kubernetes_plugin() is None
    plugin.parent.mkdir(parents=True)
    plugin.touch(mode=0o755)
    toolsets.official_kubernetes_plugin.cache_clear()
    assert toolsets.binary(toolsets.KUBERNETES_PLUGIN) == plugin
    # The emulator's own home has a script of that name, which asks for the real one.
    monkeypatch.setattr(toolsets, "STATE", tmp_path)
    toolsets.official_kubernetes_plugin.cache_clear()
    assert toolsets.official_kubernetes_plugin() is None
    toolsets.official_kubernetes_plugin.cache_clear()


def test_a_build_says_how_far_it_is() -> None:
    assert build.progress(812, 1630, "k8s.io/api") == "812 of 1,630 packages (49 %), now k8s.io/api"
    # Go names packages of its own too, and may not be able to count.
    assert build.progress(1700, 1630, "main") == "1,700 of 1,630 packages (100 %), now main"
    assert build.progress(812, 0, "k8s.io/api") == "812 packages, now k8s.io/api"
