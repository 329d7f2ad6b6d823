"""The catalogue against two outside sources: CloudFormation's schemas and the SDK's property names."""

import importlib
import inspect
import re
import warnings
from typing import Any

import pytest

from emulator.aws import oracle
from emulator.aws.catalogue import TYPES, lookup
from emulator.aws.resource_type import ResourceType
from emulator.plugins.provider import ProviderError

PROGRAM_TYPES = [type_ for type_ in TYPES.values() if not type_.owned_by_aws]
IDS = [type_.type for type_ in PROGRAM_TYPES]


_PACKAGES = {"lambda": "lambda_"}
"""Of modules whose name is a word of Python's."""


def sdk_properties(type_: ResourceType) -> set[str]:
    """The property names that the SDK's class of the type knows."""
    module, class_name = re.fullmatch(r"aws:(\w+)/\w+:(\w+)", type_.type).groups()  # type: ignore[union-attr]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        class_: Any = getattr(importlib.import_module(f"pulumi_aws.{_PACKAGES.get(module, module)}"), class_name)
    assert type_.type in inspect.getsource(class_._internal_init)
    getters = [value.fget for value in vars(class_).values() if isinstance(value, property)]
    return {getattr(getter, "_pulumi_name", getter.__name__) for getter in getters if getter is not None}


@pytest.mark.parametrize("type_", PROGRAM_TYPES, ids=IDS)
def test_every_name_of_an_entry_is_a_property_of_the_sdk_class(type_: ResourceType) -> None:
    names = {path.split(".")[0] for path in oracle.replaces(type_)} | set(type_.defaults) | set(type_.volatile)
    names |= {reference.path.split(".")[0] for reference in type_.references} | set(type_.unique)
    names |= {name.split(".")[0] for name in type_.names.values() if name}
    names |= {type_.name_property} - {""}
    assert names - sdk_properties(type_) == set()


@pytest.mark.parametrize("type_", PROGRAM_TYPES, ids=IDS)
def test_tags_and_region_are_as_the_sdk_has_them(type_: ResourceType) -> None:
    properties = sdk_properties(type_)
    assert type_.taggable == ("tagsAll" in properties)
    assert type_.regional == ("region" in properties)


@pytest.mark.parametrize("type_", PROGRAM_TYPES, ids=IDS)
def test_replacement_is_cloudformations_apart_from_deviations_with_a_reason(type_: ResourceType) -> None:
    outside = oracle.create_only(type_)
    assert set(type_.also_replaces).isdisjoint(outside), "not a deviation: CloudFormation replaces it, too"
    assert set(type_.updates_in_place) <= outside, "not a deviation: CloudFormation does not replace it"
    assert all(len(reason) > 10 for reason in {**type_.also_replaces, **type_.updates_in_place}.values())
    regional = {"region"} if type_.regional else set[str]()
    assert oracle.replaces(type_) == (outside | set(type_.also_replaces) | regional) - set(type_.updates_in_place)


@pytest.mark.parametrize("type_", PROGRAM_TYPES, ids=IDS)
def test_renames_and_optional_properties_speak_of_the_schema(type_: ResourceType) -> None:
    if not type_.oracle:
        assert not type_.names
        return
    document = oracle.schema(type_.oracle)
    assert {name.partition("/")[0] for name in type_.names} - set(document["properties"]) == set()
    required = {oracle.property_name(type_, name) for name in document.get("required", [])}
    assert set(type_.optional) <= required


def test_an_unknown_type_says_where_to_describe_it() -> None:
    with pytest.raises(ProviderError, match=r"aws:sqs/queue:Queue.*emulator/aws/types/sqs\.py"):
        lookup("aws:sqs/queue:Queue")


def test_what_only_aws_makes_cannot_be_made_by_a_program() -> None:
    with pytest.raises(ProviderError, match="networkInterface"):
        lookup("aws:ec2/networkInterface:NetworkInterface")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("VpcId", "vpcId"), ("DBSubnetGroupName", "dbSubnetGroupName"), ("CidrBlock", "cidrBlock"), ("KMSKey", "kmsKey")],
)
def test_camel_case(name: str, expected: str) -> None:
    assert oracle.camel_case(name) == expected
