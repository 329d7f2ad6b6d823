"""Further ports of a web service."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from components.config.services.parts import Port

MAIN = "http"
"""The name of a service's own port."""

# A name of a port in Kubernetes, RFC 6335, 5.1, that begins with a letter.
_PortName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=15)]


def _differ(ports: Mapping[str, int]) -> Mapping[str, int]:
    if MAIN in ports:
        raise ValueError(f"{MAIN} is the name of the service's own port")
    numbers = list(ports.values())
    if same := sorted({str(number) for number in numbers if numbers.count(number) > 1}):
        raise ValueError(f"given twice: {', '.join(same)}")
    return ports


Ports = Annotated[dict[_PortName, Port], AfterValidator(_differ)]
