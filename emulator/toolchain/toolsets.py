"""Defines the sets of binaries, and finds their paths."""

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
from collections.abc import Collection, Mapping
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
    """Describes the binaries that are built from one Go module.

    Attributes:
        name: Folder of the module, and first part of the cache folder's name.
        version: Version that the binaries report.
        stamps: Values of Go variables that the linker sets, so that the binaries report their version.
        binaries: Name that `go build` gives a binary, the last part of its import path, by the name used here.
        package: The package that is built: `tool` for the tools of the `go.mod`, or `.` for the module itself.
    """

    name: str
    version: str
    stamps: Mapping[str, str]
    binaries: Mapping[str, str]
    package: str = "tool"

    @property
    def module(self) -> Path:
        """Folder with `go.mod` and `go.sum`."""
        return Path(__file__).parent / self.name

    @property
    def ldflags(self) -> str:
        """Linker flags: the stamps, and no debug information."""
        return " ".join(["-s", "-w", *(f"-X {variable}={value}" for variable, value in self.stamps.items())])

    @property
    def folder(self) -> Path:
        """Folder of the binaries. Its name has a hash of their sources, so a changed pin never uses old binaries."""
        digest = hashlib.sha256(self.ldflags.encode())
        for file in sorted([*self.module.glob("go.*"), *self.module.glob("*.go")]):
            digest.update(file.read_bytes())
        return CACHE / f"{self.name}-{self.version}-{digest.hexdigest()[:12]}"

    def packages(self, names: Collection[str]) -> list[str]:
        """Return the packages of some of the binaries, for `go build`."""
        if set(names) == set(self.binaries) or self.package != "tool":
            return [self.package]
        block = re.search(r"^tool \((.*?)^\)", (self.module / "go.mod").read_text(), re.MULTILINE | re.DOTALL)
        tools = block[1].split() if block else []
        # Go names a binary by the last part of its package's path that is no major version.
        by_name = {re.sub(r"/v\d+$", "", each).rpartition("/")[2]: each for each in tools}
        return [by_name[self.binaries[name]] for name in names]

    def complete(self) -> bool:
        """Return whether every binary exists, has its recorded size and is executable."""
        try:
            sizes: dict[str, int] = json.loads((self.folder / _MANIFEST).read_text())
            return sizes.keys() == self.binaries.keys() and all(
                (self.folder / name).stat().st_size == size and os.access(self.folder / name, os.X_OK)
                for name, size in sizes.items()
            )
        except (OSError, ValueError, AttributeError):
            return False

    def seal(self, folder: Path) -> None:
        """Record the sizes of the binaries in a folder, for `complete`; a link has the size of what it leads to."""
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
"""Reports the SDK's version, which the engine requires. The newest source that can be built is older (see `go.mod`)."""

LINTERS = Toolset(
    name="linters",
    version=_KUBE_SCORE_VERSION,
    stamps={"main.version": _KUBE_SCORE_VERSION},
    binaries={"kube-score": "kube-score"},
)
"""Needed by tests only, and built when the first of them runs."""

ACTIONLINT = Toolset(
    name="actionlint",
    version=_ACTIONLINT_VERSION,
    stamps={},
    binaries={"actionlint": "actionlint"},
)
"""Needed by `make lint` only, and built when it first runs."""

TOOLSETS = (PULUMI, KUBERNETES, KUBERNETES_PROVIDER, LINTERS, ACTIONLINT)


@cache
def official_pulumi() -> Path | None:
    """Return the Pulumi CLI on PATH if it has a Python language host; None if Pulumi has to be built.

    It is also None with `OPENMARKET_EMULATOR_PULUMI=build`, because an installed CLI may have any version.
    """
    if everything_is_built():
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
    """Return the installed Kubernetes provider plugin of the SDK's version; None if there is none."""
    if everything_is_built():
        return None
    homes = [Path.home() / ".pulumi"]
    if home := os.environ.get("PULUMI_HOME"):
        homes.insert(0, Path(home))
    plugins = [home / "plugins" / f"resource-kubernetes-{_PLUGIN_VERSION}" / KUBERNETES_PLUGIN for home in homes]
    # Within the emulator's environment the first home is the emulator's, whose plugin is the script that calls this.
    return next((plugin for plugin in plugins if plugin.exists() and STATE not in plugin.parents), None)


def everything_is_built() -> bool:
    """Return whether the user asks for nothing but what is built here."""
    return os.environ.get("OPENMARKET_EMULATOR_PULUMI") == "build"


def binary(name: str) -> Path:
    """Return the path of a binary by its name, such as `pulumi` or `kube-apiserver`.

    Raises:
        FileNotFoundError: The binary has not been built yet.
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
