"""Provides the real programs: the Pulumi engine, its Kubernetes provider and the Kubernetes control plane.

They are built from source with Go, each set from its own pinned `go.mod`, into a cache outside of the project. Only Go
modules are downloaded. A Pulumi CLI on PATH, a Kubernetes provider among its plugins, and binaries of the control plane
on PATH that print the pinned version are used instead of building them.
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
