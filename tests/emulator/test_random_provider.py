"""The `random` provider."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator import random_provider
from emulator.plugins.provider import Call, ProviderError, Resource
from emulator.random_provider import PASSWORD, RandomProvider

PROVIDER = RandomProvider()


def create(type_: str, **inputs: Any) -> tuple[str, Any]:
    return PROVIDER.create(Resource("urn", type_, "it"), inputs, Call())


@given(st.integers(8, 64), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.integers(0, 2))
def test_length_and_classes(length: int, lower: int, upper: int, numeric: int, special: int) -> None:
    result = create(
        PASSWORD, length=length, minLower=lower, minUpper=upper, minNumeric=numeric, minSpecial=special,
        overrideSpecial="-_",
    )[1]["result"]  # fmt: skip
    assert len(result) == length
    assert sum(c.islower() for c in result) >= lower
    assert sum(c.isupper() for c in result) >= upper
    assert sum(c.isdigit() for c in result) >= numeric
    assert sum(c in "-_" for c in result) >= special


def test_a_class_can_be_left_out() -> None:
    assert create(PASSWORD, length=64, special=False)[1]["result"].isalnum()


def test_a_password_is_not_its_id() -> None:
    id_, outputs = create(PASSWORD, length=20)
    assert id_ == "none"
    assert outputs["result"] != create(PASSWORD, length=20)[1]["result"]


def test_any_change_draws_anew_and_none_does_not() -> None:
    resource = Resource("urn", PASSWORD, "it", "none", {"length": 20}, {})
    assert PROVIDER.diff(resource, {"length": 24}).replaces == {"length"}
    assert PROVIDER.diff(resource, {"length": 20, "keepers": {"rotation": "2"}}).replaces
    assert not PROVIDER.diff(resource, {"length": 20}).paths


def test_a_preview_draws_nothing() -> None:
    assert "result" not in PROVIDER.create(Resource("urn", PASSWORD, "it"), {"length": 20}, Call(preview=True))[1]


def test_an_id_in_all_its_spellings() -> None:
    outputs = create(random_provider.ID, byteLength=4, prefix="p-")[1]
    assert int(outputs["hex"].removeprefix("p-"), 16) == int(outputs["dec"].removeprefix("p-"))


def test_what_is_refused() -> None:
    resource = Resource("urn", PASSWORD, "it")
    assert PROVIDER.check(resource, {"length": 2, "minLower": 3}, b"")[1][0].property == "length"
    with pytest.raises(ProviderError, match="RandomPet"):
        PROVIDER.check(Resource("urn", "random:index/randomPet:RandomPet", "it"), {}, b"")
