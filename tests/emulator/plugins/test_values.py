"""Values keep their meaning between the engine's structs and Python."""

from typing import Any

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from emulator.plugins.values import UNKNOWN, differences, from_struct, to_struct

JSON = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
PROPERTIES = st.dictionaries(st.text(min_size=1), JSON, max_size=4)


@given(PROPERTIES)
def test_round_trip(properties: dict[str, Any]) -> None:
    assert from_struct(to_struct(properties)) == properties


def test_secrets_and_outputs_arrive_as_their_value() -> None:
    struct = struct_pb2.Struct()
    struct.update(
        {
            "password": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hunter2"},
            "known": {"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": 3.0},
            "later": {"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4"},
        }
    )
    assert from_struct(struct) == {"password": "hunter2", "known": 3, "later": UNKNOWN}


@given(PROPERTIES)
def test_equal_values_do_not_differ(properties: dict[str, Any]) -> None:
    assert differences(properties, dict(properties)) == {}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"a": 1}, {"a": 2}, {"a": "update"}),
        ({}, {"a": 1}, {"a": "add"}),
        ({"a": 1}, {}, {"a": "delete"}),
        ({"tags": {"x/y": "1"}}, {"tags": {"x/y": "2"}}, {'tags["x/y"]': "update"}),
        ({"rules": [{"port": 1}]}, {"rules": [{"port": 2}, {}]}, {"rules[0].port": "update", "rules[1]": "add"}),
    ],
)
def test_differences_name_the_path(old: Any, new: Any, expected: dict[str, str]) -> None:
    assert differences(old, new) == expected
