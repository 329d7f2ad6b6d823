"""AWS's published schemas of resource types, read from the CloudFormation schemas that cfn-lint brings along.

An outside source, so that the emulator's opinion on what replaces, what is required and what is a valid value is not
the emulator's own invention.
"""

import importlib.util
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, cast

from emulator.aws.identity import DEFAULT_REGION
from emulator.aws.resource_type import ResourceType
from emulator.plugins.provider import Failure, Properties
from emulator.plugins.values import UNKNOWN

Schema = dict[str, Any]


@cache
def _folder() -> Path:
    # Importing cfn-lint takes seconds; its data files are all we need.
    package = importlib.util.find_spec("cfnlint")
    if package is None or package.origin is None:
        raise RuntimeError("cfn-lint is not installed: it is in emulator/requirements.txt")
    return Path(package.origin).parent / "data" / "schemas"


@cache
def _index() -> dict[str, str]:
    folder = _folder() / "providers"
    own = folder / f"{DEFAULT_REGION}.json"
    # cfn-lint does not have every region; the oldest one has every type.
    return json.loads((own if own.exists() else folder / "us-east-1.json").read_text())


@cache
def schema(type_name: str) -> Schema:
    """The schema of a CloudFormation type like `AWS::EC2::VPC`, as of the project's region.

    Raises:
        KeyError: The region has no such type.
    """
    return json.loads((_folder() / "resources" / f"{_index()[type_name]}.json").read_text())


def camel_case(name: str) -> str:
    """`VpcId` to `vpcId`, `DBSubnetGroupName` to `dbSubnetGroupName`, as the provider spells properties."""
    head = re.match(r"[A-Z]+(?=[A-Z][a-z]|\d|$)|[A-Z]", name)
    return name if head is None else head.group().lower() + name[head.end() :]


def property_name(type_: ResourceType, path: str) -> str:
    """The provider's path for CloudFormation's (`KubernetesNetworkConfig/IpFamily`); empty if it has none."""
    if path in type_.names:
        return type_.names[path]
    head, _, rest = path.partition("/")
    first = type_.names.get(head, camel_case(head))
    return ".".join([first, *map(camel_case, rest.split("/"))]) if first and rest else first


def _paths(type_: ResourceType, keyword: str) -> list[str]:
    return [path.removeprefix("/properties/") for path in schema(type_.oracle).get(keyword, [])] if type_.oracle else []


def create_only(type_: ResourceType) -> frozenset[str]:
    """The provider's names of what CloudFormation can only change by replacement."""
    names = {property_name(type_, path) for path in _paths(type_, "createOnlyProperties")}
    return frozenset(names - {""})


def replaces(type_: ResourceType) -> frozenset[str]:
    """Every property of the provider that can only change by replacement: CloudFormation's and the deviations."""
    regional = {"region"} if type_.regional else set[str]()
    return (create_only(type_) | set(type_.also_replaces) | regional) - set(type_.updates_in_place)


def failures(type_: ResourceType, inputs: Properties) -> list[Failure]:
    """Yield violations of the schema by top-level inputs: missing, outside an enum, a pattern or bounds."""
    if not type_.oracle:
        return []
    document = schema(type_.oracle)
    found: list[Failure] = []
    for required in document.get("required", []):
        name = property_name(type_, required)
        if name and name not in inputs and name not in type_.optional:
            found.append(Failure(name, f"Missing required argument: {type_.oracle} needs {required}"))
    read_only = _paths(type_, "readOnlyProperties")
    for property_, definition in document["properties"].items():
        name = property_name(type_, property_)
        value = inputs.get(name, UNKNOWN)
        if property_ not in read_only and value not in (UNKNOWN, type_.defaults.get(name)):
            found += [Failure(name, reason) for reason in _invalid(definition, name, value)]
    return found


def _invalid(definition: Schema, name: str, value: Any) -> list[str]:
    allowed = cast(list[Any] | None, definition.get("enum"))
    if allowed and isinstance(value, str | int) and value not in allowed:
        return [f"{name} is {value!r}; AWS accepts {', '.join(map(str, allowed))}"]
    if isinstance(value, str):
        pattern = definition.get("pattern")
        if pattern and definition.get("type") == "string" and not _matches(pattern, value):
            return [f"{name} is {value!r}; AWS accepts what matches {pattern}"]
        if len(value) > definition.get("maxLength", len(value)):
            return [f"{name} has {len(value)} characters; AWS accepts {definition['maxLength']}"]
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = definition.get("minimum", value), definition.get("maximum", value)
        if not low <= value <= high:
            return [f"{name} is {value}; AWS accepts {low} to {high}"]
    return []


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except re.error:  # CloudFormation's patterns are ECMAScript's, and a few of them are not Python's
        return True
