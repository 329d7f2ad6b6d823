"""The name by which the cluster knows this program as the owner of fields of Kubernetes objects."""

import copy
from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as kubernetes

ANNOTATION = "pulumi.com/patchFieldManager"
FIELD_MANAGER = {ANNOTATION: "pulumi-openmarket"}
_DEFINITION = ":CustomResourceDefinitionPatch"


def one_field_manager(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    """Let an object be created and updated under one name.

    The provider generates a name for each creation, and keeps it in the state. If the engine is killed before that, the
    next creation takes the object over under another name, and what the program drops later stays the first name's.

    What is there under a generated name keeps it: with another one, fields that only the old name has would go for a
    moment, such as the replicas of a Deployment that no autoscaler has scaled yet.
    """
    metadata = args.props.get("metadata")
    # The provider's updates of a definition are no patches: they replace it, and leave nothing.
    if args.type_.endswith(_DEFINITION) or not isinstance(metadata, kubernetes.meta.v1.ObjectMetaArgs):
        return None
    named = copy.copy(metadata)
    given = metadata.annotations
    # Of one annotation that is not known before the update, a preview must not lose the others.
    if given is None or isinstance(given, Mapping):
        named.annotations = _with_field_manager(given)
    else:
        named.annotations = pulumi.Output.from_input(given).apply(_with_field_manager)
    kept = pulumi.ResourceOptions(ignore_changes=[f'metadata.annotations["{ANNOTATION}"]'])
    return pulumi.ResourceTransformationResult(
        {**args.props, "metadata": named}, pulumi.ResourceOptions.merge(args.opts, kept)
    )


def _with_field_manager(annotations: Mapping[str, pulumi.Input[str]] | None) -> dict[str, pulumi.Input[str]]:
    return {**(annotations or {}), **FIELD_MANAGER}
