"""Keys that encrypt what the stack stores."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class EncryptionKeyArgs:
    """Inputs of `EncryptionKey`."""

    alias: str
    """Without the leading `alias/`."""
    purpose: str


class EncryptionKey(pulumi.ComponentResource):
    """Creates a KMS key that rotates every year, and its alias.

    A deleted key waits out AWS's minimum of seven days.
    """

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:encryption:EncryptionKey", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        key = aws.kms.Key(
            f"{name}-key",
            description=args.purpose,
            enable_key_rotation=True,
            deletion_window_in_days=7,
            opts=child,
        )
        aws.kms.Alias(f"{name}-alias", name=f"alias/{args.alias}", target_key_id=key.key_id, opts=child)
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})
