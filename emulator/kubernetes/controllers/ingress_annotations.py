"""Reads the annotations of an Ingress as the AWS Load Balancer Controller does."""

import json
from typing import Any, cast

from emulator.kubernetes.api import Object

PREFIX = "alb.ingress.kubernetes.io"


class InvalidIngress(Exception):
    """No load balancer can be built from the Ingress; the message is the controller's."""


def annotation(ingress: Object, name: str, default: str = "") -> str:
    """Return the value of the annotation `alb.ingress.kubernetes.io/<name>`."""
    return str(ingress["metadata"].get("annotations", {}).get(f"{PREFIX}/{name}", default))


def names(ingress: Object, key: str) -> list[str]:
    """Return the comma separated values of an annotation."""
    return [part.strip() for part in annotation(ingress, key).split(",") if part.strip()]


def document(ingress: Object, name: str) -> Any:
    """Return the JSON of an annotation; None if the Ingress does not have it.

    Keys are in lower case: the controller reads them whatever their case, as Go's JSON does.

    Raises:
        InvalidIngress: It is not JSON.
    """
    text = annotation(ingress, name)
    if not text:
        return None
    try:
        return _lower(json.loads(text))
    except ValueError as error:
        raise InvalidIngress(f"failed to parse json annotation, {PREFIX}/{name}: {text}: {error}") from None


def _lower(value: Any) -> Any:
    if isinstance(value, dict):
        return {key.lower(): _lower(each) for key, each in cast(dict[str, Any], value).items()}
    return [_lower(each) for each in cast(list[Any], value)] if isinstance(value, list) else value
