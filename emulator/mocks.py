"""Pulumi mocks for unit tests that use the emulator's catalogue: the same ids, ARNs and outputs, without an account."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import MockCallArgs, MockResourceArgs

from emulator import random_provider
from emulator.aws import eks_clusters, functions
from emulator.aws.catalogue import lookup
from emulator.aws.identity import Identity
from emulator.aws.provider import checked, outputs
from emulator.aws.resource_type import Context
from emulator.plugins.provider import Resource

_CREATED = "2026-01-01T00:00:00Z"
_EKS_CLUSTER = "eks:index:Cluster"
_HELM_TEMPLATE = "kubernetes:helm:template"


class CatalogueMocks(pulumi.runtime.Mocks):
    """Mocks that respond like the emulator, except that references are not checked and nothing is stored.

    Args:
        identity: The account, region and caller; None for the defaults.
        default_tags: Tags that the stack's `aws:defaultTags` adds to every taggable resource; None for no tags.

    Attributes:
        resources: Every resource registered so far, in order, with its inputs.
    """

    def __init__(self, identity: Identity | None = None, default_tags: Mapping[str, str] | None = None) -> None:
        self.identity = identity or Identity()
        self.default_tags = dict(default_tags or {})
        self.resources: list[MockResourceArgs] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.resources.append(args)
        package = args.typ.partition(":")[0]
        if args.typ == _EKS_CLUSTER:
            return f"{args.name}-id", self._eks_cluster(args)
        if package == "aws":
            return self._aws(args)
        if package == "random":
            return _random(args)
        return f"{args.name}-id", _kubernetes(args) if package == "kubernetes" else dict(args.inputs)

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        if args.token == _HELM_TEMPLATE:
            return {"result": chart_definitions(json.loads(args.args["jsonOpts"])["chart"])}, []
        return dict(functions.invoke(self.identity, args.token, args.args)), []

    def _aws(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        type_ = lookup(args.typ)
        resource = Resource("", args.typ, args.name)
        inputs, failures = checked(type_, resource, args.inputs, b"", self.default_tags, self.identity)
        if failures:
            raise ValueError("; ".join(f"{args.typ} {args.name}: {failure.reason}" for failure in failures))
        context = Context(self.identity, args.name, inputs, f"{args.typ}/{args.name}", _CREATED)
        id_ = args.resource_id or type_.id(context)
        made = outputs(type_, Context(self.identity, args.name, inputs, id_, _CREATED, id_))
        return id_, dict(made)

    def _eks_cluster(self, args: MockResourceArgs) -> dict[str, Any]:
        """Return the component's outputs. Of its children only `eks_cluster` is created, as programs read it."""
        from pulumi_aws import eks

        name = str(args.inputs.get("name", args.name))
        made = eks_clusters.outputs(Context(self.identity, name, {}, name, _CREATED, name))
        issuer = made["identities"][0]["oidcs"][0]["issuer"].removeprefix("https://")
        group = made["vpcConfig"]["clusterSecurityGroupId"]
        inner = eks.Cluster(
            f"{args.name}-eksCluster",
            name=name,
            role_arn=f"arn:aws:iam::{self.identity.account}:role/{name}",
            version=args.inputs.get("version"),
            vpc_config={"subnet_ids": args.inputs.get("subnetIds") or args.inputs.get("privateSubnetIds") or []},
        )
        return {
            "eksCluster": inner,
            "clusterSecurityGroupId": group,
            "nodeSecurityGroupId": group,
            "oidcIssuer": issuer,
            "oidcProviderUrl": f"https://{issuer}",
            "oidcProviderArn": f"arn:aws:iam::{self.identity.account}:oidc-provider/{issuer}",
            "kubeconfig": {"apiVersion": "v1", "kind": "Config"},
            "kubeconfigJson": '{"apiVersion": "v1", "kind": "Config"}',
        }


def chart_definitions(reference: str) -> list[Any]:
    """Return the objects in the `crds` folders of the emulator's chart of that name; its templates are not rendered."""
    import yaml

    from emulator.chart_repository import CHARTS

    files = sorted((CHARTS / reference.rsplit("/", 1)[-1]).rglob("crds/*.yaml"))
    found = (each for file in files for each in yaml.safe_load_all(file.read_text()))
    # The folder `charts/crds` of a chart is a chart itself.
    return [each for each in found if each and each.get("kind") == "CustomResourceDefinition"]


def _random(args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
    """Return values of the requested length that depend on the name only, so that tests can compare them."""
    digest = hashlib.sha512(args.name.encode()).hexdigest()
    if args.typ == random_provider.ID:
        return digest[:8], {**args.inputs, "hex": digest[: 2 * int(args.inputs["byteLength"])]}
    length = int(args.inputs["length"])
    return f"{args.name}-id", {**args.inputs, "result": (digest * (1 + length // len(digest)))[:length]}


def _kubernetes(args: MockResourceArgs) -> dict[str, Any]:
    metadata = args.inputs.get("metadata", {})
    return (
        {**args.inputs, "metadata": {"name": args.name, **metadata}}
        if ":helm.sh" not in args.typ
        else dict(args.inputs)
    )
