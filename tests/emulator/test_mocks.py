"""The unit tests' mocks answer what the emulator would."""

import pytest
from pulumi.runtime import MockResourceArgs

from emulator.mocks import CatalogueMocks
from emulator.plugins.provider import ProviderError


def register(mocks: CatalogueMocks, type_: str, **inputs: object) -> tuple[str | None, dict[str, object]]:
    return mocks.new_resource(MockResourceArgs(typ=type_, name="it", inputs=inputs, custom=True))


def test_ids_arns_and_tags() -> None:
    mocks = CatalogueMocks(default_tags={"Project": "shop"})
    id_, outputs = register(mocks, "aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16", tags={"Name": "n"})
    assert outputs["arn"] == f"arn:aws:ec2:ap-northeast-2:123456789012:vpc/{id_}"
    assert outputs["tagsAll"] == {"Project": "shop", "Name": "n"}
    assert register(mocks, "aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")[0] == id_


def test_what_the_emulator_does_not_know_fails_unit_tests_too() -> None:
    with pytest.raises(ProviderError, match="kinesis/stream"):
        register(CatalogueMocks(), "aws:kinesis/stream:Stream")
    with pytest.raises(ValueError, match="VpcId"):
        register(CatalogueMocks(), "aws:ec2/subnet:Subnet", cidrBlock="10.0.0.0/24")
