"""What every service has in its stanza, of whichever kind it is."""

from collections.abc import Mapping
from typing import Annotated, Self, TypeVar

from pydantic import AfterValidator, Field, model_validator

from components.base.pods import Requests
from components.base.section import ImageName, Name, NameOrNone, Section, Switch, Unique, keys_of, mismatch
from components.config.hand_set_keys import VERSION, KeyNames, VersionId
from components.config.services.egress import EgressConfig
from components.config.services.parts import CPU, DISK, MEMORY, BuildConfig, Cpu, Memory, Variable, Words
from components.config.services.sidecars import SidecarConfig
from components.config.uses import DESCRIPTION, Use, Uses
from components.config.writable import WritablePath, differ_in_name

PLACEHOLDER_IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.63.0"
"""Kubernetes' own test server, for amd64 and arm64: test/utils/image/manifest.go and test/images/agnhost/BASEIMAGE of
Kubernetes v1.36.3. Its `serve-hostname` answers every path with the pod's name, as any user, and writes nothing."""

DEVELOPMENT = "development"
"""The mode of an application that serves nobody but its developers."""

WAIT_FOR_DATABASE = Requests("50m", "64Mi", DISK)
"""Requests of the init container that waits for the database."""
DATABASE_USERS = Requests("100m", "128Mi", DISK)
"""Requests of the Job that creates the database's users."""


class ServiceConfig(Section):
    """What the stanzas of all kinds have. Each kind adds its own keys, and says how many pods it comes to."""

    image: ImageName = Field(
        default="",
        description="an image with a tag or digest, or empty for a placeholder",
    )
    image_of: NameOrNone = Field(
        default="", description="the name of the service whose image it runs, in place of an image; empty for its own"
    )
    build: BuildConfig = Field(default=BuildConfig(), description=keys_of(BuildConfig))
    command: Words = Field(
        default=(),
        description="a command in place of the image's entrypoint, word by word; empty for the image's own. The "
        "placeholder takes neither it nor arguments",
    )
    arguments: Words = Field(
        default=(), description="arguments in place of the image's, word by word; empty for the image's own"
    )
    uses: Uses = Field(default=(), description=DESCRIPTION)
    calls: Annotated[tuple[Name, ...], Unique] = Field(default=(), description="names of services it sends requests to")
    internet: Switch = Field(default=True, description="true or false: whether it may call HTTPS servers anywhere")
    egress: Annotated[tuple[EgressConfig, ...], Unique] = Field(
        default=(),
        description="networks and ports that it connects to besides, such as [{cidr: 198.51.100.0/24, port: 5671}]",
    )
    writable: Annotated[tuple[WritablePath, ...], Unique, AfterValidator(differ_in_name)] = Field(
        default=(), description="directories it writes to besides /tmp; they are empty when a pod starts"
    )
    cpu: Cpu = Field(description=CPU)
    memory: Memory = Field(description=MEMORY)
    disk: Memory = Field(
        default=DISK,
        description="disk of the node such as 512Mi or 5Gi, for its log, /tmp and the writable directories together; a "
        "pod that uses more is evicted",
    )
    environment: dict[Variable, str] = Field(
        default={}, description="a mapping of environment variables, values in quotes; PORT is the stanza's port"
    )
    secrets: KeyNames = Field(
        default=(),
        description="a list of different names of capital letters, digits and _, such as [PAYMENT_KEY]: keys of a "
        "secret of its own and variables in its environment, whose values are set by hand",
    )
    secrets_version: VersionId = Field(default="", description=VERSION)
    node_group: NameOrNone = Field(
        default="",
        description="a group of cluster.nodeGroups whose nodes alone run its pods, also if it has taints; empty for "
        "any group without a taint",
    )
    sidecars: dict[Name, SidecarConfig] = Field(
        default={},
        description="a mapping from names to containers that run beside it, started one after the other before it: "
        + keys_of(SidecarConfig),
    )

    @model_validator(mode="after")
    def _one_image(self) -> Self:
        if self.image_of and self.image:
            raise mismatch("imageOf", self.image_of, "to be empty, as image is given; or image to be empty")
        if self.image_of and self.build.context:
            expected = f"to be empty, as the image is that of {self.image_of}, which has the source; or no imageOf"
            raise mismatch("build.context", self.build.context, expected)
        return self

    @model_validator(mode="after")
    def _secrets_of_their_own(self) -> Self:
        if taken := [key for key in self.secrets if key in self.environment]:
            expected = f"other names, or environment without {', '.join(taken)}: of two of one name it sees one"
            raise mismatch("secrets", list(self.secrets), expected)
        if self.secrets_version and not self.secrets:
            raise mismatch("secretsVersion", self.secrets_version, "to be empty, as secrets names no keys")
        return self

    @model_validator(mode="after")
    def _sidecars_at_ports_of_their_own(self) -> Self:
        taken = dict.fromkeys(self.own_ports, "the service")
        for name, sidecar in self.sidecars.items():
            if sidecar.port in taken:
                raise mismatch(
                    f"sidecars.{name}.port", sidecar.port, f"another number, as {taken[sidecar.port]} has it"
                )
            if sidecar.port:
                taken[sidecar.port] = f"sidecars.{name}"
        return self

    @property
    def own_ports(self) -> list[int]:
        """The numbers of the ports at which its own container listens."""
        return []

    @property
    def requests(self) -> Requests:
        """What its container requests."""
        return Requests(self.cpu, self.memory, self.disk)

    @property
    def containers(self) -> list[Requests]:
        """What the containers request that run at the same time in a pod: its own, and its sidecars."""
        return [self.requests, *(sidecar.requests for sidecar in self.sidecars.values())]

    @property
    def migrates_by_job(self) -> bool:
        """True if a Job, and not the service's own pods, brings the database's schema to its version."""
        return False

    @property
    def pods_at_most(self) -> int:
        """The most pods that run at once, also during a rollout. Unknown, like a wrong field, if the kind is."""
        raise AttributeError("pods_at_most")

    @property
    def pods_leaving(self) -> int:
        """The most pods that may still be ending besides those: they run no more, and still count for a quota."""
        raise AttributeError("pods_leaving")


Kind = TypeVar("Kind", bound=ServiceConfig)


def only(kind: type[Kind], services: Mapping[str, ServiceConfig]) -> dict[str, Kind]:
    """Those of the services that are of the kind, by name."""
    return {name: service for name, service in services.items() if isinstance(service, kind)}


def built(services: Mapping[str, ServiceConfig]) -> list[str]:
    """The names of the services that have images of their own."""
    return [name for name, service in services.items() if not service.image_of]


def use(what: Use, services: Mapping[str, ServiceConfig]) -> bool:
    """True if any of the services uses it."""
    return any(what in service.uses for service in services.values())
