"""Compares answers with botocore's models of AWS's services."""

from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, ServiceModel, StructureShape


@cache
def service_model(service: str) -> ServiceModel:
    """Botocore's model of a service."""
    return botocore.session.get_session().get_service_model(service)


def unknown(shape: Any, value: Any, path: str = "") -> list[str]:
    """The members of an answer that AWS's model of it does not have. Botocore's types do not know their own members."""
    if isinstance(shape, StructureShape):
        members: Any = shape.members
        found = [f"{path}.{name}" for name in value if name not in members]
        known = [(name, each) for name, each in value.items() if name in members]
        return found + [line for name, each in known for line in unknown(members[name], each, f"{path}.{name}")]
    if isinstance(shape, ListShape):
        return [line for each in value for line in unknown(shape.member, each, f"{path}[]")]
    if isinstance(shape, MapShape):
        return [line for each in value.values() for line in unknown(shape.value, each, f"{path}{{}}")]
    enum = getattr(shape, "enum", None)
    return [f"{path}: {value}"] if enum and value not in enum else []


def strange(service: str, operation: str, answer: Any) -> list[str]:
    """The members of an answer that AWS's does not have, by botocore's model of the service."""
    model = service_model(service).operation_model(operation)
    assert model.output_shape is not None
    return unknown(model.output_shape, answer)
