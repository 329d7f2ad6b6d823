"""What the machine has in the pinned version is used, and only the rest is built."""

import re
from pathlib import Path

import pytest

from emulator.toolchain import build, installed, toolsets
from emulator.toolchain.toolsets import KUBERNETES, LINTERS

PINS = (KUBERNETES.module / "go.mod").read_text()


def pin(module: str) -> str:
    found = re.search(rf"{re.escape(module)} v(\S+)", PINS)
    assert found
    return found[1]


SAID = {
    "etcd": f"etcd Version: {pin('go.etcd.io/etcd/server/v3')}\nGit SHA: abc",
    "kube-apiserver": f"Kubernetes {toolsets.KUBERNETES.version}",
    "kubectl": f"Client Version: {toolsets.KUBERNETES.version}\nKustomize Version: v5.8.1",
    "kwok": f"kwok version v{pin('sigs.k8s.io/kwok')} go1.26.8 (linux/amd64)",
}


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose PATH has one empty folder besides the shell's commands."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("OPENMARKET_EMULATOR_PULUMI", raising=False)
    for module in (build, installed, toolsets):
        monkeypatch.setattr(module, "CACHE", tmp_path / "cache")
    return folder


def install(folder: Path, name: str, text: str, code: int = 0) -> Path:
    """Put a command there that prints the text whatever it is asked, and its version only if asked as it expects."""
    asked = "version --client" if name == "kubectl" else "--version"
    lines = "".join(f"echo '{line}'\n" for line in text.splitlines())
    (folder / name).write_text(f'#!/bin/sh\n[ "$*" = "{asked}" ] || exit 9\n{lines}exit {code}\n')
    (folder / name).chmod(0o755)
    return folder / name


def test_binaries_of_the_pinned_versions_are_found(machine: Path) -> None:
    paths = {name: install(machine, name, text) for name, text in SAID.items()}
    assert installed.find(KUBERNETES) == paths


@pytest.mark.parametrize(
    "text",
    [
        "Kubernetes v1.36.2",
        f"Kubernetes {KUBERNETES.version}-eks-1",
        f"Kubernetes {KUBERNETES.version}0",
        f"not Kubernetes {KUBERNETES.version}",
        "",
    ],
)
def test_another_version_is_not_used(machine: Path, text: str) -> None:
    install(machine, "kube-apiserver", text)
    assert installed.find(KUBERNETES) == {}


def test_a_binary_that_fails_or_cannot_run_is_not_used(machine: Path) -> None:
    install(machine, "kube-apiserver", SAID["kube-apiserver"], code=1)
    (machine / "kwok").write_bytes(b"\x7fELF of another machine")
    (machine / "kwok").chmod(0o755)
    assert installed.find(KUBERNETES) == {}


def test_nothing_of_the_machine_is_used_on_request(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(machine, "etcd", SAID["etcd"])
    monkeypatch.setenv("OPENMARKET_EMULATOR_PULUMI", "build")
    assert installed.find(KUBERNETES) == {}


def test_a_link_into_the_cache_is_not_the_machines(machine: Path, tmp_path: Path) -> None:
    cached = tmp_path / "cache" / "kubernetes-v1"
    cached.mkdir(parents=True)
    (machine / "kubectl").symlink_to(install(cached, "kubectl", SAID["kubectl"]))
    assert installed.find(KUBERNETES) == {}


def test_other_toolsets_have_nothing_on_the_machine(machine: Path) -> None:
    install(machine, "kube-score", "kube-score version: v1.20.0")
    assert installed.find(LINTERS) == {}


GO = r"""#!/bin/sh
case "$1" in
env) echo go9.0.0 ;;
list) echo some/package ;;
build)
    while [ $# -gt 0 ]; do
        case "$1" in
        -o) out="$2" ;;
        */cmd/* | */server/v3)
            name="${1%/v3}"
            name="${name##*/}"
            echo "$1" >> "$BUILT"
            echo x > "$out$name"
            /bin/chmod 755 "$out$name"
            ;;
        esac
        shift
    done
    ;;
esac
"""


def test_only_what_the_machine_lacks_is_built(machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {name: install(machine, name, SAID[name]) for name in ("kubectl", "kube-apiserver")}
    (machine / "go").write_text(GO)
    (machine / "go").chmod(0o755)
    monkeypatch.setenv("BUILT", str(tmp_path / "built"))
    build.ensure(KUBERNETES)
    assert sorted((tmp_path / "built").read_text().split()) == [
        "go.etcd.io/etcd/server/v3",
        "k8s.io/kubernetes/cmd/kube-controller-manager",
        "k8s.io/kubernetes/cmd/kube-scheduler",
        "sigs.k8s.io/kwok/cmd/kwok",
    ]
    assert KUBERNETES.complete()
    assert {name: (KUBERNETES.folder / name).resolve() for name in found} == found
    assert (KUBERNETES.folder / "etcd").read_text() == "x\n"
    # A machine that updates its binary has another one, so the set is provided anew.
    install(machine, "kubectl", "Client Version: v9.9.9")
    assert not KUBERNETES.complete()


def test_without_go_a_machine_that_has_everything_is_enough(machine: Path) -> None:
    for name in KUBERNETES.binaries:
        install(machine, name, SAID.get(name, f"Kubernetes {KUBERNETES.version}"))
    build.ensure(KUBERNETES)
    assert KUBERNETES.complete()
