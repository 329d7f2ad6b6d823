"""Secrets in AWS Secrets Manager: with values that the program knows or generates, or set by people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.context import StackContext
from components.iam import permissions
from components.iam.grants import Grant


def generated_password(name: str, length: int, parent: pulumi.Resource) -> pulumi.Output[str]:
    """A random password, which the stack's state keeps encrypted. Replacing the resource `name` rotates it.

    Letters and digits only: every URL, shell and configuration file takes them.
    """
    password = random.RandomPassword(name, length=length, special=False, opts=pulumi.ResourceOptions(parent=parent))
    return pulumi.Output.secret(password.result)


@dataclass(frozen=True)
class SecretReference:
    """A version of a secret."""

    secret_name: str
    version_id: pulumi.Input[str]
    """Empty for the current version, whichever that is."""


@dataclass(frozen=True)
class StoredSecretArgs:
    """Inputs of `StoredSecret`."""

    context: StackContext
    secret_name: str
    description: str
    values: Mapping[str, pulumi.Input[str]]
    """The members of the JSON object."""


class StoredSecret(pulumi.ComponentResource):
    """Creates a secret and its current version, a JSON object of the values.

    Whoever reads the secret can be pinned to the version, and follows when a value changes.
    """

    reference: SecretReference
    """The version with these values."""
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: StoredSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:StoredSecret", name, {}, opts)
        self._name = name
        self._key_arn = args.context.keys["credentials"]
        secret = _secret(name, args.secret_name, args.description, args.context, pulumi.ResourceOptions(parent=self))
        version = aws.secretsmanager.SecretVersion(
            f"{name}-version",
            secret_id=secret.id,
            secret_string=pulumi.Output.secret(pulumi.Output.json_dumps(args.values, sort_keys=True)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.reference = SecretReference(args.secret_name, version.version_id)
        self.arn = secret.arn
        self.register_outputs({"arn": self.arn, "version_id": version.version_id})

    def read(self) -> Grant:
        """The permission to read the values."""
        return Grant(f"{self._name}-read", _reading(self.arn, self._key_arn))


@dataclass(frozen=True)
class GeneratedSecretArgs:
    """Inputs of `GeneratedSecret`."""

    context: StackContext
    secret_name: str
    description: str
    keys: Sequence[str]
    """Names of the values."""
    length: int
    """Characters of each value."""


class GeneratedSecret(pulumi.ComponentResource):
    """Creates a secret of generated values, such as the keys that sign tokens. Each can be rotated by itself."""

    secret: StoredSecret

    def __init__(self, name: str, args: GeneratedSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:GeneratedSecret", name, {}, opts)
        values = {key: generated_password(f"{name}-{key.replace('_', '-')}", args.length, self) for key in args.keys}
        self.secret = StoredSecret(
            f"{name}-stored",
            StoredSecretArgs(args.context, args.secret_name, args.description, values),
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


@dataclass(frozen=True)
class NamedSecretArgs:
    """Inputs of `NamedSecret`."""

    context: StackContext
    secret_name: str
    what: str
    """What the values are, as its description begins."""
    keys: Sequence[str]
    """Names of the values that people store in it."""
    version_id: str
    """The version to use, of those that people have set; empty for the current one."""


class NamedSecret(pulumi.ComponentResource):
    """Creates a secret without a value: people set it straight in Secrets Manager.

    So it is in no state, no configuration and no preview.
    """

    keys: Sequence[str]
    """Names of the values."""
    reference: SecretReference
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: NamedSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:NamedSecret", name, {}, opts)
        self._name = name
        self._key_arn = args.context.keys["credentials"]
        keys = f" with {', '.join(args.keys)}" if args.keys else ""
        secret = _secret(
            name,
            args.secret_name,
            f"{args.what}, set by hand: a JSON object{keys}",
            args.context,
            pulumi.ResourceOptions(parent=self, protect=args.context.protected),
        )
        self.keys = args.keys
        self.reference = SecretReference(args.secret_name, args.version_id)
        self.arn = secret.arn
        self.register_outputs({"arn": self.arn})

    def read(self) -> Grant:
        """The permission to read the values."""
        return Grant(f"{self._name}-read", _reading(self.arn, self._key_arn))


def _secret(
    name: str, secret_name: str, description: str, context: StackContext, opts: pulumi.ResourceOptions
) -> aws.secretsmanager.Secret:
    return aws.secretsmanager.Secret(
        f"{name}-secret",
        name=secret_name,
        description=description,
        kms_key_id=context.keys["credentials"],
        recovery_window_in_days=context.recovery_days,
        opts=opts,
    )


def _reading(arn: pulumi.Input[str], key_arn: pulumi.Input[str]) -> pulumi.Output[str]:
    return pulumi.Output.all(arn, key_arn).apply(lambda arns: permissions.secret_read(*arns))
