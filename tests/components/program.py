"""Runs the program, or a part of it, under Pulumi mocks that answer from the emulator's catalogue."""

import asyncio
import json
import runpy
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import grpc
import pulumi
import yaml
from pulumi.runtime import MockCallArgs, MockResourceArgs
from pulumi.runtime.config import set_all_config
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import Stack, run_pulumi_func

from emulator.mocks import CatalogueMocks
from emulator.plugins.provider import ProviderError

PROJECT = Path(__file__).resolve().parents[2]
STACKS = ("dev", "staging", "prod")
ALB_DNS = "k8s-openmark-openmark-0123456789-1234567890.ap-northeast-2.elb.amazonaws.com"
ALB = "app/k8s-openmark-openmark-0123456789/0123456789abcdef"
ALB_ARN = f"arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/{ALB}"
LOAD_BALANCER_ARNS = [ALB_ARN]
"""Those that AWS has."""

_LOAD_BALANCERS = "aws:lb/getLbs:getLbs"
TARGET_GROUP = "targetgroup/k8s-openmark-frontend-0123456789/0123456789abcdef"
TARGET_GROUP_ARNS = [f"arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:{TARGET_GROUP}"]
"""Those that AWS has with the tags that are asked for."""

_TAGGED = "aws:resourcegroupstaggingapi/getResources:getResources"
_INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"


@dataclass(frozen=True)
class Registered:
    """A resource as the program registered it, and what the mocks made of it."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    id: str = field(default="", compare=False)
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False)


@dataclass
class Deployed:
    """What a run of the program did. Resources are in the order of their types and names."""

    resources: list[Registered] = field(default_factory=list[Registered])
    options: dict[str, pulumi.ResourceOptions] = field(default_factory=dict[str, pulumi.ResourceOptions])
    """By resource name."""
    needed: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    """By resource name, what the engine waits for: what is explicit, what inputs come from, provider and parent."""
    outputs: dict[str, Any] = field(default_factory=dict[str, Any])
    invoked: list[str] = field(default_factory=list[str])

    def of(self, type_: str) -> list[Registered]:
        """Resources of the type that this is the last part of, such as `ec2/subnet:Subnet`."""
        return [resource for resource in self.resources if resource.type.endswith(type_)]

    def one(self, type_: str, name: str | None = None) -> Registered:
        """The only such resource."""
        (found,) = [resource for resource in self.of(type_) if name in (None, resource.name)]
        return found

    def dependencies(self, name: str) -> set[str]:
        """Names of what the resource explicitly depends on."""
        needed = self.options[name].depends_on or []
        assert isinstance(needed, list)
        return {_name(resource) for resource in needed if isinstance(resource, pulumi.Resource)}

    def waits_for(self, name: str) -> set[str]:
        """Names of all that must be there before the resource; when it goes, it goes before all of them."""
        found, open_ = set[str](), {name}
        while open_:
            open_ = set[str]().union(*(self.needed.get(each, set()) for each in open_)) - found
            found |= open_
        return found

    def parent(self, name: str) -> str | None:
        """The name of the resource's parent, if it is another resource of the program."""
        parent = self.options[name].parent
        return None if parent is None or isinstance(parent, Stack) else _name(parent)


class _Mocks(CatalogueMocks):
    def __init__(self, deployed: Deployed, default_tags: Mapping[str, str]) -> None:
        super().__init__(default_tags=default_tags)
        self._deployed = deployed

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        inputs = deepcopy(args.inputs)
        id_, outputs = super().new_resource(args)
        if args.typ == _INGRESS:
            outputs["status"] = {"loadBalancer": {"ingress": [{"hostname": ALB_DNS}]}}
        self._deployed.resources.append(Registered(args.typ, args.name, inputs, id_, outputs))
        return id_, outputs

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        self._deployed.invoked.append(args.token)
        if args.token == _LOAD_BALANCERS:
            return {"id": "ap-northeast-2", "region": "ap-northeast-2", "arns": LOAD_BALANCER_ARNS}, []
        if args.token == _TAGGED:
            found = [{"resourceArn": arn, "tags": {}, "complianceDetails": []} for arn in TARGET_GROUP_ARNS]
            return {"id": "ap-northeast-2", "region": "ap-northeast-2", "resourceTagMappingLists": found}, []
        try:
            return super().call(args)
        except ProviderError as error:
            raise _Refused(str(error)) from None


class _Refused(grpc.RpcError):
    """A provider's refusal as the engine passes it on: an error of the one question, which a program may catch."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return str(self)


class _Monitor(MockMonitor):
    """Sees what a resource depends on as the engine would, which the mocks themselves are not told."""

    def __init__(self, mocks: _Mocks, deployed: Deployed) -> None:
        super().__init__(mocks)
        self._deployed = deployed

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:
        provider = request.provider.rpartition("::")[0]  # "<urn>::<id>"
        needed = [*request.dependencies, provider, request.parent]
        self._deployed.needed[request.name] = {urn.rpartition("::")[2] for urn in needed if urn}
        return super().RegisterResource(request)


def stack_file(stack: str) -> dict[str, Any]:
    """The configuration in a stack's file."""
    return yaml.safe_load((PROJECT / f"Pulumi.{stack}.yaml").read_text())["config"]


def sending_mail(domain: str) -> dict[str, Any]:
    """The settings of dev, with mail that the backend sends from the domain."""
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:email"]["domain"] = domain
    settings["openmarket:services"]["backend-api"]["uses"].append("mail")
    return settings


def run_program(stack: str, settings: Mapping[str, Any] | None = None) -> Deployed:
    """Run `__main__.py` with the stack's file, which once is enough, or with other settings."""
    return _run_main(stack, settings) if settings else _run_as_filed(stack)


def with_settings(section: str, stack: str = "dev", **changes: Any) -> Deployed:
    """Run it with other values in a section of the stack's file."""
    settings = deepcopy(stack_file(stack))
    settings[f"openmarket:{section}"] |= changes
    return run_program(stack, settings)


@cache
def _run_as_filed(stack: str) -> Deployed:
    return _run_main(stack, stack_file(stack))


def _run_main(stack: str, settings: Mapping[str, Any]) -> Deployed:
    return run(stack, settings, lambda: runpy.run_path(str(PROJECT / "__main__.py")))


def run(stack: str, settings: Mapping[str, Any], program: Callable[[], object]) -> Deployed:
    """Run a program to its end, with all outputs resolved. Its errors come through."""
    deployed = Deployed()
    # Pulumi keeps the transformation for the runs after this one, which must not change what this one saw.
    options: dict[str, pulumi.ResourceOptions] = {}
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    def recorded() -> None:
        pulumi.runtime.register_stack_transformation(lambda args: options.__setitem__(args.name, args.opts))
        program()
        root = pulumi.runtime.get_root_resource()
        assert isinstance(root, Stack)
        for name, value in root.outputs.items():
            pulumi.Output.from_input(value).apply(lambda known, name=name: deployed.outputs.__setitem__(name, known))

    try:
        with _configured(settings):
            tags = settings.get("aws:defaultTags", {}).get("tags", {})
            mocks = _Mocks(deployed, tags)
            pulumi.runtime.set_mocks(mocks, "openmarket", stack, monitor=_Monitor(mocks, deployed))
            loop.run_until_complete(run_pulumi_func(recorded))
    finally:
        loop.close()
    deployed.options.update(options)
    # Which of two independent resources is registered first depends on the machine's load, and no test may see it.
    deployed.resources.sort(key=lambda each: (each.type, each.name))
    deployed.invoked.sort()
    return deployed


@contextmanager
def _configured(settings: Mapping[str, Any]) -> Generator[None]:
    """The settings as the engine hands them over: texts as they are, everything else as JSON."""
    set_all_config({k: v if isinstance(v, str) else json.dumps(v) for k, v in settings.items()})
    try:
        yield
    finally:
        set_all_config({})


def _name(resource: pulumi.Resource) -> str:
    return resource._name  # pyright: ignore[reportPrivateUsage]
