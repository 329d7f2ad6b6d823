"""The programs that are real here: the Pulumi engine and the Kubernetes control plane.

Built from source with Go, each set from its own pinned `go.mod`, into a cache outside the tree. Nothing is
downloaded but Go modules. A Pulumi CLI found on PATH is used instead of building one.
"""

from emulator.toolchain.toolsets import ACTIONLINT, KUBERNETES, LINTERS, PULUMI, binary, official_pulumi

__all__ = ["ACTIONLINT", "KUBERNETES", "LINTERS", "PULUMI", "binary", "official_pulumi"]
