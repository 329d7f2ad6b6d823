"""Configuration of the shop's services and of the load balancer in front of them."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from components.config.section import Section, Unique

HostLabel = Annotated[str, StringConstraints(pattern=r"^(@|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)$")]
"""A name below the stack's domain; `@` is the domain itself."""


class IngressConfig(Section):
    """The load balancer."""

    certificate_arn: Annotated[str, Field(pattern=r"^(arn:aws:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]+)?$")] = (
        Field(default="", description="the ARN of an ACM certificate, or empty for plain HTTP")
    )


class ServiceConfig(Section):
    """One web service: a stanza is all that a further one needs."""

    hosts: Annotated[tuple[HostLabel, ...], Unique] = Field(
        default=(), description='names below the domain, "@" for the domain itself; none means not public'
    )
    image: str = Field(
        default="",
        pattern=r"^(\S+(:[\w.-]+|@sha256:[0-9a-f]{64}))?$",
        description="an image with a tag or digest, or empty for a placeholder",
    )
    port: int = Field(default=3000, ge=1024, le=65535, description="a port that needs no privilege, 1024 to 65535")
    health_path: str = Field(default="/", pattern=r"^/\S*$", description="a path that answers 200, such as /health")
    replicas: int = Field(ge=2, description="2 or more, so that one may go; the autoscaler's minimum")
    max_replicas: int = Field(ge=2, description="the autoscaler's maximum, at least replicas")
    cpu: str = Field(pattern=r"^(\d+m|\d+(\.\d{1,3})?)$", description="CPU in quotes, such as 250m")
    memory: str = Field(pattern=r"^\d+(Mi|Gi)$", description="memory such as 512Mi or 1Gi")
    environment: dict[str, str] = Field(default={}, description="a mapping of environment variables, values in quotes")
    cpu_target: int = Field(default=70, ge=1, le=100, description="percent of cpu at which replicas are added")
    memory_target: int = Field(default=80, ge=1, le=100, description="percent of memory at which replicas are added")
    drain_seconds: int = Field(
        default=30, ge=5, le=50, description="seconds for requests in flight, 5 to 50: spot nodes get 110 in all"
    )

    @model_validator(mode="after")
    def _room_to_scale(self) -> Self:
        if self.max_replicas < self.replicas:
            raise ValueError(f"maxReplicas {self.max_replicas} is below replicas {self.replicas}")
        return self
