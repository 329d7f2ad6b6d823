"""Which binaries there are, and where they lie."""

import hashlib
import importlib.metadata
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from emulator.paths import CACHE, STATE

_PULUMI_VERSION = "v3.274.1"
_KUBERNETES_VERSION = "v1.36.3"
_KUBE_SCORE_VERSION = "v1.20.0"
_ACTIONLINT_VERSION = "v1.7.12"
_MANIFEST = "manifest.json"

KUBERNETES_PLUGIN = "pulumi-resource-kubernetes"


@dataclass(frozen=True)
class Toolset:
    """Binaries that come from one Go module.

    Attributes:
        name: Folder of the module, and the first part of the cache folder's name.
        version: What the binaries report.
        stamps: Go variables set to a value by the linker, so that the binaries report their version.
        binaries: Name here -> name that `go build` gives it (the last part of its import path).
        package: What is built: the tools that the `go.mod` names, or the module itself (`.`).
    """

    name: str
    version: str
    stamps: Mapping[str, str]
    binaries: Mapping[str, str]
    package: str = "tool"

    @property
    def module(self) -> Path:
        """The folder with the `go.mod` and `go.sum`."""
        return Path(__file__).parent / self.name

    @property
    def ldflags(self) -> str:
        """Linker flags: no debug tables, and the stamps."""
        return " ".join(["-s", "-w", *(f"-X {variable}={value}" for variable, value in self.stamps.items())])

    @property
    def folder(self) -> Path:
        """Where the binaries lie: named by what they are made from, so a changed pin never meets an old binary."""
        digest = hashlib.sha256(self.ldflags.encode())
        for file in sorted([*self.module.glob("go.*"), *self.module.glob("*.go")]):
            digest.update(file.read_bytes())
        return CACHE / f"{self.name}-{self.version}-{digest.hexdigest()[:12]}"

    def complete(self) -> bool:
        """Whether every binary is there, whole and executable."""
        try:
            sizes: dict[str, int] = json.loads((self.folder / _MANIFEST).read_text())
            return sizes.keys() == self.binaries.keys() and all(
                (self.folder / name).stat().st_size == size and os.access(self.folder / name, os.X_OK)
                for name, size in sizes.items()
            )
        except (OSError, ValueError, AttributeError):
            return False

    def seal(self, folder: Path) -> None:
        """Record the binaries of a folder just built, for `complete` to compare with."""
        sizes = {name: (folder / name).stat().st_size for name in self.binaries}
        (folder / _MANIFEST).write_text(json.dumps(sizes))


PULUMI = Toolset(
    name="pulumi",
    version=_PULUMI_VERSION,
    stamps={"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": _PULUMI_VERSION},
    binaries={"pulumi": "pulumi"},
)

KUBERNETES = Toolset(
    name="kubernetes",
    version=_KUBERNETES_VERSION,
    stamps={
        "k8s.io/component-base/version.gitVersion": _KUBERNETES_VERSION,
        "k8s.io/component-base/version.gitMajor": "1",
        "k8s.io/component-base/version.gitMinor": "36",
        "k8s.io/component-base/version.gitTreeState": "clean",
    },
    binaries={
        "etcd": "server",
        "kube-apiserver": "kube-apiserver",
        "kube-controller-manager": "kube-controller-manager",
        "kube-scheduler": "kube-scheduler",
        "kubectl": "kubectl",
        "kwok": "kwok",
    },
)

_PLUGIN_VERSION = f"v{importlib.metadata.version('pulumi-kubernetes')}"

KUBERNETES_PROVIDER = Toolset(
    name="kubernetes-provider",
    version=_PLUGIN_VERSION,
    stamps={"main.version": _PLUGIN_VERSION},
    binaries={KUBERNETES_PLUGIN: "kubernetes-provider"},
    package=".",
)
"""The engine asks for the plugin in the SDK's version; the newest source that can be built is older (see `go.mod`)."""

LINTERS = Toolset(
    name="linters",
    version=_KUBE_SCORE_VERSION,
    stamps={"main.version": _KUBE_SCORE_VERSION},
    binaries={"kube-score": "kube-score"},
)
"""What only tests need; not built before one of them asks for it."""

ACTIONLINT = Toolset(
    name="actionlint",
    version=_ACTIONLINT_VERSION,
    stamps={},
    binaries={"actionlint": "actionlint"},
)
"""What `make lint` needs; not built before."""

TOOLSETS = (PULUMI, KUBERNETES, KUBERNETES_PROVIDER, LINTERS, ACTIONLINT)


@cache
def official_pulumi() -> Path | None:
    """The Pulumi CLI on PATH, if it comes with its own Python language host; None means that one is built.

    `OPENMARKET_EMULATOR_PULUMI=build` means that too: a machine's own CLI may be of any version.
    """
    if _everything_is_built():
        return None
    shims = Path(os.environ.get("OPENMARKET_EMULATOR_SHIMS", os.devnull))
    folders = [folder for folder in os.get_exec_path() if Path(folder) != shims]
    found = shutil.which("pulumi", path=os.pathsep.join(folders))
    if found is None:
        return None
    beside = Path(found).resolve().parent / "pulumi-language-python"
    return Path(found) if beside.exists() else None


@cache
def official_kubernetes_plugin() -> Path | None:
    """The Kubernetes provider in the SDK's version among the plugins of the machine's own Pulumi; None if not there."""
    if _everything_is_built():
        return None
    homes = [Path.home() / ".pulumi"]
    if home := os.environ.get("PULUMI_HOME"):
        homes.insert(0, Path(home))
    plugins = [home / "plugins" / f"resource-kubernetes-{_PLUGIN_VERSION}" / KUBERNETES_PLUGIN for home in homes]
    # Inside the emulator's environment the first home is its own, whose plugin is the script that asks for this one.
    return next((plugin for plugin in plugins if plugin.exists() and STATE not in plugin.parents), None)


def _everything_is_built() -> bool:
    return os.environ.get("OPENMARKET_EMULATOR_PULUMI") == "build"


def binary(name: str) -> Path:
    """The path of a binary by its name, such as `pulumi` or `kube-apiserver`.

    Raises:
        FileNotFoundError: It has not been built yet.
    """
    override = os.environ.get("OPENMARKET_EMULATOR_BIN")
    if override:
        return Path(override) / name
    official = {"pulumi": official_pulumi, KUBERNETES_PLUGIN: official_kubernetes_plugin}.get(name)
    if official is not None and (found := official()) is not None:
        return found
    toolset = next((each for each in TOOLSETS if name in each.binaries), KUBERNETES)
    path = toolset.folder / name
    if not path.exists():
        raise FileNotFoundError(f"{name} has not been built yet: run `make tools`")
    return path
