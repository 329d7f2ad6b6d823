"""What every service has in its stanza, of whichever kind it is."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from components.base.pods import Requests
from components.base.section import ImageName, Name, NameOrNone, Section, Switch, Unique, keys_of, mismatch
from components.config.hand_set_keys import VERSION, KeyNames, VersionId
from components.config.services.egress import EgressConfig
from components.config.services.parts import CPU, DISK, MEMORY, BuildConfig, Cpu, Memory, Priority, Variable, Words
from components.config.services.schema import SHOP_SCHEMA, SchemaConfig
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
    database: SchemaConfig | None = Field(default=None, description=keys_of(SchemaConfig))
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
        description="disk of the node, such as 5Gi, for log, /tmp and writable; a pod that uses more is evicted",
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
    priority: Priority = Field(
        default=Priority.NORMAL,
        description="normal, or low: its pods end where others find no node, and wait until there is room again",
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
    def _one_schema(self) -> Self:
        # DB_NAME and the other variables are those of one.
        if self.database and Use.DATABASE in self.uses:
            expected = f"to go, as uses has {Use.DATABASE}, which is the shop's schema; or uses without that"
            raise mismatch("database.name", self.database.name, expected)
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
    def all_uses(self) -> tuple[Use, ...]:
        """Its `uses`, and the database if it has a schema of its own there."""
        return (*self.uses, Use.DATABASE) if self.database else self.uses

    @property
    def used_schema(self) -> str:
        """The schema of the database that it uses, its own or the shop's; empty if none."""
        shared = SHOP_SCHEMA if Use.DATABASE in self.uses else ""
        return self.database.name if self.database else shared

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
    def migrates(self) -> bool:
        """True if it brings the schema that it uses to its version."""
        return False

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
