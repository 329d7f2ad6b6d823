"""The settings that all services share and that are no secret."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

NAME = "openmarket-config"


@dataclass(frozen=True)
class SettingsArgs:
    """Inputs of `Settings`."""

    namespace: pulumi.Input[str]
    variables: Mapping[str, pulumi.Input[str]]
    """Values by name of the environment variable."""


class Settings(pulumi.ComponentResource):
    """Creates the ConfigMap `openmarket-config-<generated>`.

    Other content is another ConfigMap: pods that name one keep what they started with, and a rollout takes them all to
    the next. The name is Pulumi's to generate: one made of the content would be taken after a failed deployment, where
    the ConfigMap before is still there, and nobody could go back to it.
    """

    config_map: pulumi.Output[str]

    def __init__(self, name: str, args: SettingsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:Settings", name, {}, opts)
        created = kubernetes.core.v1.ConfigMap(
            NAME,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(namespace=args.namespace),
            data=args.variables,
            immutable=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.config_map = created.metadata.apply(lambda metadata: str(metadata.name))
        self.register_outputs({"config_map": self.config_map})
