"""The programs that are real here: the Pulumi engine, its Kubernetes provider and the Kubernetes control plane.

Built from source with Go, each set from its own pinned `go.mod`, into a cache outside the tree. Nothing is
downloaded but Go modules. A Pulumi CLI found on PATH, and a provider among its plugins, are used instead of building
them.
"""

from emulator.toolchain.toolsets import (
    ACTIONLINT,
    KUBERNETES,
    KUBERNETES_PLUGIN,
    LINTERS,
    PULUMI,
    binary,
    official_pulumi,
)

__all__ = ["ACTIONLINT", "KUBERNETES", "KUBERNETES_PLUGIN", "LINTERS", "PULUMI", "binary", "official_pulumi"]
