"""What the engine writes in place of a value that it does not show, or does not know yet."""

SECRET = "[secret]"  # noqa: S105 -- it stands for one

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands for a value that only the update will know, as `pulumi.runtime.rpc.UNKNOWN` does in the SDK."""
