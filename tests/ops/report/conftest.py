"""The programs on PATH are those of the commands that look and act."""

from tests.ops.operate.conftest import tools

__all__ = ["tools"]
