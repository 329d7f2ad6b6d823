"""The interface of a simulated provider, in plain Python values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Properties = Mapping[str, Any]
"""Properties of a resource as JSON values; a value that is not known yet is `values.UNKNOWN`."""


@dataclass(frozen=True)
class Resource:
    """The resource of a call.

    `id` is empty before the creation. `inputs` and `outputs` are those of the last deployment. `ignored` are the paths
    of properties whose changes the program ignores.
    """

    urn: str
    type: str
    name: str
    id: str = ""
    inputs: Properties = field(default_factory=dict[str, Any])
    outputs: Properties = field(default_factory=dict[str, Any])
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """The circumstances of a create, update or delete.

    Attributes:
        timeout: Seconds from the program's `custom_timeouts`; 0 if it sets none.
        preview: True if nothing may change; outputs may then be `UNKNOWN`.
        report: Shows a line next to the resource while the call lasts.
        cancelled: Returns True once the user has interrupted the run.
    """

    timeout: float = 0
    preview: bool = False
    report: Callable[[str], None] = lambda _: None
    cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Failure:
    """A problem with the inputs. `property` is the name of the input; empty if it concerns none in particular."""

    property: str
    reason: str


@dataclass(frozen=True)
class Diff:
    """The difference of two sets of inputs.

    Attributes:
        paths: `add`, `update` or `delete` by property path, such as `spec.replicas` or `tags["Name"]`.
        replaces: Paths whose change forces the replacement of the resource.
        delete_before_replace: True if the old resource has to be deleted before the new one is created.
    """

    paths: Mapping[str, str] = field(default_factory=dict[str, str])
    replaces: frozenset[str] = frozenset()
    delete_before_replace: bool = False


class ProviderError(Exception):
    """The operation failed; the message is shown to the user."""


class PartialError(ProviderError):
    """The object exists, but did not become ready, such as a rollout that failed."""

    def __init__(self, reason: str, id_: str, outputs: Properties, inputs: Properties) -> None:
        super().__init__(reason)
        self.id = id_
        self.outputs = outputs
        self.inputs = inputs


class Provider:
    """A provider instance. Several threads call its methods at once."""

    def check_config(self, config: Properties) -> list[Failure]:
        """Return the problems of the provider's own configuration."""
        del config
        return []

    def diff_config(self, old: Properties, new: Properties) -> Diff:
        """Compare two configurations of the provider. A replacement of the provider replaces all its resources."""
        del old, new
        return Diff()

    def configure(self, config: Properties) -> None:
        """Accept the configuration, which may have `UNKNOWN` values in a preview."""
        del config

    def check(self, resource: Resource, inputs: Properties, seed: bytes) -> tuple[Properties, list[Failure]]:
        """Return the inputs with defaults and generated names filled in, and their problems.

        `resource` has the old inputs, empty for a new resource; `seed` makes generated names reproducible.
        """
        raise NotImplementedError

    def diff(self, resource: Resource, inputs: Properties) -> Diff:
        """Compare the resource's old inputs with `inputs`."""
        raise NotImplementedError

    def create(self, resource: Resource, inputs: Properties, call: Call) -> tuple[str, Properties]:
        """Create the resource and return its id and outputs. In a preview nothing is created."""
        raise NotImplementedError

    def read(self, resource: Resource) -> tuple[Properties, Properties] | None:
        """Return the current inputs and outputs; None if the resource is gone. Without old inputs this is an import."""
        raise NotImplementedError

    def imported_id(self, resource: Resource) -> str:
        """Return the resource's own id, if it is imported by another one such as two names."""
        return resource.id

    def update(self, resource: Resource, inputs: Properties, call: Call) -> Properties:
        """Update the resource in place and return its outputs."""
        raise NotImplementedError

    def delete(self, resource: Resource, call: Call) -> None:
        """Delete the resource. It is no error if it does not exist."""
        raise NotImplementedError

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Call a function of the provider."""
        raise ProviderError(f"The emulator does not know the function {token}")
