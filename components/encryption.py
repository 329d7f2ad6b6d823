"""Keys that encrypt what the stack stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import resource_policies
from components.config import Keys

STORES: Sequence[str] = ("cluster", "credentials", "database", "cache", "objects", "images", "volumes", "logs")


@dataclass(frozen=True)
class EncryptionKeyArgs:
    """Inputs of `EncryptionKey`."""

    alias: str
    """Without the leading `alias/`."""
    purpose: str
    policy: pulumi.Input[str]
    protected: bool


class EncryptionKey(pulumi.ComponentResource):
    """Creates a KMS key that rotates every year, and its alias.

    A deleted key waits out AWS's minimum of seven days.
    """

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:encryption:EncryptionKey", name, {}, opts)
        key = aws.kms.Key(
            f"{name}-key",
            description=args.purpose,
            enable_key_rotation=True,
            deletion_window_in_days=7,
            policy=args.policy,
            opts=pulumi.ResourceOptions(parent=self, protect=args.protected),
        )
        aws.kms.Alias(
            f"{name}-alias",
            name=f"alias/{args.alias}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = key.arn
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True)
class EncryptionKeysArgs:
    """Inputs of `EncryptionKeys`."""

    label: str
    """What aliases start with."""
    account_id: pulumi.Input[str]
    region: str
    keys: Keys
    protected: bool


class EncryptionKeys(pulumi.ComponentResource):
    """Creates the keys: one that all stores share, or one for each of `STORES`."""

    arns: Mapping[str, pulumi.Output[str]]
    """By store."""

    def __init__(self, name: str, args: EncryptionKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:encryption:EncryptionKeys", name, {}, opts)
        self._name = name
        self._args = args
        if args.keys is Keys.PER_STORE:
            self.arns = {store: self._key(store, f"{args.label}-{store}", [store]) for store in STORES}
        else:
            self.arns = dict.fromkeys(STORES, self._key("stack", args.label, STORES))
        self.register_outputs({})

    def _key(self, what: str, alias: str, stores: Sequence[str]) -> pulumi.Output[str]:
        args = self._args
        policy = pulumi.Output.from_input(args.account_id).apply(
            lambda account_id: resource_policies.key(account_id, args.region, stores)
        )
        key = EncryptionKey(
            f"{self._name}-{what}",
            EncryptionKeyArgs(alias, f"Encrypts {', '.join(stores)} of {args.label}", policy, args.protected),
            pulumi.ResourceOptions(parent=self),
        )
        return key.arn
