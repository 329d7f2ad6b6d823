"""Web services: they answer requests, of browsers by way of the load balancer and of other services."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from components.base.section import Unique, keys_of, mismatch
from components.config.routes import HostAndPath
from components.config.services.deployed import MOST_REPLICAS, DeployedConfig
from components.config.services.health import HealthConfig, HealthProtocol
from components.config.services.parts import Port
from components.config.services.ports import MAIN, Ports

LONGEST_DRAIN_SECONDS = 50
"""Seconds of a spot node's two minutes that are left for requests. `components/workloads/drain.py` has the others."""


class ProtocolVersion(StrEnum):
    """What the load balancer speaks to a service's pods."""

    HTTP1 = "http1"
    HTTP2 = "http2"
    GRPC = "grpc"


class WebConfig(DeployedConfig):
    """One web service: a stanza is all that a further one needs."""

    kind: Literal["web"] = Field(default="web", description="web, or nothing")
    hosts: Annotated[tuple[HostAndPath, ...], Unique] = Field(
        default=(),
        description='names below the domain, "@" for the domain itself, each with a path or without, such as "@/api"; '
        "none means not public",
    )
    announced_as: str = Field(
        default="",
        pattern=r"^([A-Z][A-Z0-9_]*)?$",
        description="a name such as API, if every service is to be told its public address as API_URL and its port as "
        "API_PORT; or empty",
    )
    port: Port = Field(default=3000, description="a port that needs no privilege, 1024 to 65535")
    ports: Ports = Field(
        default={},
        description="further ports by name, such as {metrics: 9090}, which callers may use; the load balancer does not",
    )
    protocol_version: ProtocolVersion = Field(
        default=ProtocolVersion.HTTP1, description="http1, http2 or grpc: what the load balancer speaks to the pods"
    )
    health: HealthConfig = Field(default=HealthConfig(), description=keys_of(HealthConfig))
    metrics_path: str = Field(
        default="", pattern=r"^(/\S*)?$", description="a path with Prometheus metrics, or empty for none"
    )
    replicas: int = Field(
        ge=1,
        le=MOST_REPLICAS,
        description="2 or more, so that one may go, or 1 with a volume; the autoscaler's minimum",
    )
    request_target: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        description="requests a minute and pod from the load balancer at which replicas are added, up to 1000000; none "
        "for no such target",
    )
    drain_seconds: int = Field(
        default=30,
        ge=5,
        le=LONGEST_DRAIN_SECONDS,
        description=f"seconds that a request may take, 5 to {LONGEST_DRAIN_SECONDS}: spot nodes go after two minutes",
    )
    stickiness_seconds: int = Field(
        default=3600,
        ge=0,
        le=604_800,
        description="seconds that a browser stays with one pod, up to a week; 0 for none",
    )

    @model_validator(mode="after")
    def _one_may_go(self) -> Self:
        if self.replicas < 2 and not self.volume:
            raise mismatch("replicas", self.replicas, "2 or more, so that one may go; or 1 with a volume")
        return self

    @model_validator(mode="after")
    def _requests_to_count(self) -> Self:
        if self.request_target is None:
            return self
        if not self.hosts:
            expected = "to go, as the load balancer sends no requests to a service without hosts; or hosts"
            raise mismatch("requestTarget", self.request_target, expected)
        self._can_scale_by("requestTarget", self.request_target)
        return self

    @property
    def scaled_by_keda(self) -> bool:
        """True if it is scaled by more than CPU and memory, which Kubernetes' own autoscaler does not see."""
        return super().scaled_by_keda or self.request_target is not None

    @property
    def own_ports(self) -> list[int]:
        """The numbers of the ports at which its own container listens."""
        return list(self.all_ports.values())

    @property
    def all_ports(self) -> dict[str, int]:
        """Its ports by name, that of requests first."""
        return {MAIN: self.port, **self.ports}

    @property
    def speaks_tls(self) -> bool:
        """True if its port takes TLS connections only. The placeholder's takes none."""
        return bool(self.image) and self.health.protocol is HealthProtocol.HTTPS

    def address(self, name: str) -> str:
        """Its address in the cluster, by its name."""
        return f"{'https' if self.speaks_tls else 'http'}://{name}:{self.port}"

    @model_validator(mode="after")
    def _health_for_the_load_balancer(self) -> Self:
        speaks_grpc = self.protocol_version is ProtocolVersion.GRPC
        if self.hosts and self.health.protocol is HealthProtocol.GRPC and not speaks_grpc:
            expected = (
                f"tcp, as the load balancer speaks {self.protocol_version}, which gRPC does not answer; or "
                "protocolVersion: grpc, or no hosts"
            )
            raise mismatch("health.protocol", self.health.protocol, expected)
        if speaks_grpc and self.health.has_paths:
            expected = f"{HealthProtocol.GRPC} or {HealthProtocol.TCP}, as protocolVersion is grpc; or a command"
            raise mismatch("health.protocol", self.health.protocol, expected)
        return self

    @model_validator(mode="after")
    def _ports_of_their_own(self) -> Self:
        for name, number in self.ports.items():
            if number == self.port:
                raise mismatch(f"ports.{name}", number, f"another number, as port is {number}")
        return self

    @property
    def announced(self) -> tuple[str, ...]:
        """The environment variables by which every service is told its address."""
        return (f"{self.announced_as}_URL", f"{self.announced_as}_PORT") if self.announced_as else ()

    @property
    def spoken(self) -> ProtocolVersion:
        """What its pods speak. The placeholder speaks HTTP/1.1."""
        return self.protocol_version if self.image else ProtocolVersion.HTTP1
