"""Every component has the same shape."""

import dataclasses
import importlib
import inspect
from collections.abc import Iterator

import pulumi
import pytest

from tests.components.program import PROJECT

MOST_FIELDS = 8
"""More inputs than this belong together in some object of their own."""


def components() -> Iterator[type[pulumi.ComponentResource]]:
    for file in sorted((PROJECT / "components").rglob("*.py")):
        name = ".".join(file.relative_to(PROJECT).with_suffix("").parts)
        for _, member in inspect.getmembers(importlib.import_module(name), inspect.isclass):
            if issubclass(member, pulumi.ComponentResource) and member.__module__ == name:
                yield member


@pytest.mark.parametrize("component", list(components()), ids=lambda component: component.__name__)
def test_shape(component: type[pulumi.ComponentResource]) -> None:
    parameters = list(inspect.signature(component.__init__).parameters.values())[1:]
    assert parameters[0].name == "name"
    assert parameters[-1].name == "opts"
    assert len(parameters) <= 3
    for arguments in parameters[1:-1]:
        assert arguments.name == "args"
        assert arguments.annotation.__name__ == f"{component.__name__}Args"
        assert dataclasses.is_dataclass(arguments.annotation)
        assert vars(arguments.annotation)["__dataclass_params__"].frozen
        assert len(dataclasses.fields(arguments.annotation)) <= MOST_FIELDS
    assert (component.__doc__ or "").startswith("Creates ")
    assert inspect.getsource(component).count("self.register_outputs(") == 1
