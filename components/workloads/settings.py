"""What every service may know: settings that are no secret."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.workloads.content_hash import content_hash

NAME = "openmarket-config"


@dataclass(frozen=True)
class SettingsArgs:
    """Inputs of `Settings`."""

    namespace: pulumi.Input[str]
    variables: Mapping[str, pulumi.Input[str]]
    """By name of the environment variable."""


class Settings(pulumi.ComponentResource):
    """Creates the ConfigMap `openmarket-config-<hash of its content>`.

    Other content is another ConfigMap: pods that name one keep what they started with, and a rollout takes them all to
    the next.
    """

    config_map: pulumi.Output[str]

    def __init__(self, name: str, args: SettingsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:Settings", name, {}, opts)
        variables = pulumi.Output.all(**args.variables)
        created = kubernetes.core.v1.ConfigMap(
            f"{name}-config-map",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=variables.apply(lambda known: f"{NAME}-{content_hash(known)}"), namespace=args.namespace
            ),
            data=variables,
            immutable=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.config_map = created.metadata.apply(lambda metadata: str(metadata.name))
        self.register_outputs({"config_map": self.config_map})
