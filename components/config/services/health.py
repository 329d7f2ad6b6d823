"""How a web service says that it is well."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from components.base.section import Section, mismatch
from components.config.services.parts import Words

HealthPath = Annotated[str, StringConstraints(pattern=r"^/\S*$")]

_PATHS = ("startup", "readiness", "liveness")


class HealthProtocol(StrEnum):
    """What a probe speaks to the service's port."""

    HTTP = "http"
    HTTPS = "https"
    TCP = "tcp"
    GRPC = "grpc"


class HealthConfig(Section):
    """How Kubernetes and the load balancer ask a service for its health."""

    startup: HealthPath = Field(default="/", description="a path that answers 200 once the service has started")
    readiness: HealthPath = Field(default="/", description="a path that answers 200 while requests may come")
    liveness: HealthPath = Field(default="/", description="a path that answers 200 unless only a restart helps")
    protocol: HealthProtocol = Field(
        default=HealthProtocol.HTTP,
        description="http, https (the service speaks TLS on its port), tcp (it accepts connections) or grpc (it "
        "answers the health checking protocol)",
    )
    command: Words = Field(
        default=(),
        description="a command of the image that ends with 0 while all is well, word by word, for Kubernetes to ask; "
        "empty to ask at the port",
    )

    @model_validator(mode="after")
    def _one_way_to_ask(self) -> Self:
        if self.command and "protocol" in self.model_fields_set:
            raise mismatch("protocol", self.protocol, "to go, as a command is given; or no command")
        asked = "a command is given" if self.command else f"{self.protocol} has no paths"
        for key in _PATHS:
            if not self.has_paths and key in self.model_fields_set:
                raise mismatch(key, getattr(self, key), f"to go, as {asked}")
        return self

    @property
    def has_paths(self) -> bool:
        """True if it is asked for at paths."""
        return not self.command and self.protocol in (HealthProtocol.HTTP, HealthProtocol.HTTPS)
