"""KMS keys that encrypt what the stack stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.config import Keys
from components.iam import resource_policies

STORES: Sequence[str] = ("cluster", "credentials", "database", "cache", "objects", "images", "volumes", "logs")
"""The stores that are encrypted: each with a key of its own, or all with one."""


@dataclass(frozen=True)
class EncryptionKeyArgs:
    """Inputs of `EncryptionKey`."""

    alias: str
    """The key's alias, without the leading `alias/`."""
    purpose: str
    """The key's description."""
    policy: pulumi.Input[str]
    """The key policy, JSON."""
    protected: bool
    """True if Pulumi refuses to delete the key."""


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

    prefix: str
    """The beginning of the aliases."""
    account_id: pulumi.Input[str]
    region: str
    keys: Keys
    """One key for all stores, or one for each."""
    protected: bool
    """True if Pulumi refuses to delete the keys."""


class EncryptionKeys(pulumi.ComponentResource):
    """Creates the KMS keys: one that all stores share, or one for each of `STORES`."""

    arns: Mapping[str, pulumi.Output[str]]
    """ARNs of the keys, by store."""

    def __init__(self, name: str, args: EncryptionKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:encryption:EncryptionKeys", name, {}, opts)
        self._name = name
        self._args = args
        if args.keys is Keys.PER_STORE:
            self.arns = {store: self._key(store, f"{args.prefix}-{store}", [store]) for store in STORES}
        else:
            self.arns = dict.fromkeys(STORES, self._key("stack", args.prefix, STORES))
        self.register_outputs({})

    def _key(self, what: str, alias: str, stores: Sequence[str]) -> pulumi.Output[str]:
        args = self._args
        policy = pulumi.Output.from_input(args.account_id).apply(
            lambda account_id: resource_policies.key(account_id, args.region, stores)
        )
        key = EncryptionKey(
            f"{self._name}-{what}",
            EncryptionKeyArgs(alias, f"Encrypts {', '.join(stores)} of {args.prefix}", policy, args.protected),
            pulumi.ResourceOptions(parent=self),
        )
        return key.arn
