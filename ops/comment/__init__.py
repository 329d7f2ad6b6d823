"""The comment on a pull request: whether a change to a stack may be merged, and why."""

from ops.comment.command import comment

__all__ = ["comment"]
