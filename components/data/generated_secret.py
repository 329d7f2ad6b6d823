"""A secret whose values nobody needs to know."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.data.credentials import SecretPlace, StoredSecret, StoredSecretArgs, generated_password


@dataclass(frozen=True)
class GeneratedSecretArgs:
    """Inputs of `GeneratedSecret`."""

    secret_name: str
    description: str
    keys: Sequence[str]
    length: int
    """Characters of each value."""
    place: SecretPlace


class GeneratedSecret(pulumi.ComponentResource):
    """Creates a secret of generated values, such as the keys that sign tokens. Each can be rotated by itself."""

    secret: StoredSecret

    def __init__(self, name: str, args: GeneratedSecretArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:GeneratedSecret", name, {}, opts)
        values = {key: generated_password(f"{name}-{key.replace('_', '-')}", args.length, self) for key in args.keys}
        self.secret = StoredSecret(
            f"{name}-stored",
            StoredSecretArgs(args.secret_name, args.description, values, args.place),
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
