"""Writes the comment on a pull request that says whether a change to a stack may be merged, and why."""

from ops.comment.command import comment

__all__ = ["comment"]
