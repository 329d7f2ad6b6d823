"""What a simulated provider implements, in plain Python values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Properties = Mapping[str, Any]
"""A resource's properties as JSON; a value that is not known yet is `values.UNKNOWN`."""


@dataclass(frozen=True)
class Resource:
    """The resource that a call is about.

    `id` is empty before creation. `inputs` are those of the last deployment, `outputs` what the provider answered then.
    """

    urn: str
    type: str
    name: str
    id: str = ""
    inputs: Properties = field(default_factory=dict[str, Any])
    outputs: Properties = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Call:
    """How a create, update or delete is to be done.

    Attributes:
        timeout: Seconds from the program's `custom_timeouts`; 0 when it set none.
        preview: True when nothing may change and `UNKNOWN` is a valid answer.
        report: Shows a line beside the resource while it is being worked on.
        cancelled: True once the user has interrupted the run.
    """

    timeout: float = 0
    preview: bool = False
    report: Callable[[str], None] = lambda _: None
    cancelled: Callable[[], bool] = lambda: False


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong with the inputs. `property` is the provider's name of the input, or empty."""

    property: str
    reason: str


@dataclass(frozen=True)
class Diff:
    """What would change: property paths (`spec.replicas`, `tags["Name"]`) with `add`, `update` or `delete`.

    A path in `replaces` can only change by replacing the resource.
    """

    paths: Mapping[str, str] = field(default_factory=dict[str, str])
    replaces: frozenset[str] = frozenset()
    delete_before_replace: bool = False


class ProviderError(Exception):
    """The operation failed; the message is what the user sees."""


class PartialError(ProviderError):
    """The object exists, but did not become what it should (like a rollout that never became ready)."""

    def __init__(self, reason: str, id_: str, outputs: Properties, inputs: Properties) -> None:
        super().__init__(reason)
        self.id = id_
        self.outputs = outputs
        self.inputs = inputs


class Provider:
    """A provider instance. Methods run in several threads at once."""

    def check_config(self, config: Properties) -> list[Failure]:
        """What is wrong with the provider's own configuration."""
        del config
        return []

    def diff_config(self, old: Properties, new: Properties) -> Diff:
        """What changed in the provider's configuration; a replacement here replaces everything it manages."""
        del old, new
        return Diff()

    def configure(self, config: Properties) -> None:
        """Accept the configuration. `UNKNOWN` values are possible in a preview."""
        del config

    def check(self, resource: Resource, inputs: Properties, seed: bytes) -> tuple[Properties, list[Failure]]:
        """The inputs with defaults and generated names filled in, and what is wrong with them.

        `resource` carries the old inputs (none for a new resource); `seed` makes generated names reproducible.
        """
        raise NotImplementedError

    def diff(self, resource: Resource, inputs: Properties) -> Diff:
        """What going from the resource's old inputs to `inputs` changes."""
        raise NotImplementedError

    def create(self, resource: Resource, inputs: Properties, call: Call) -> tuple[str, Properties]:
        """Create it and answer its id and outputs. In a preview: what is known of them, creating nothing."""
        raise NotImplementedError

    def read(self, resource: Resource) -> tuple[Properties, Properties] | None:
        """Inputs and outputs as they are now, or None if it is gone. Without old inputs this is an import."""
        raise NotImplementedError

    def update(self, resource: Resource, inputs: Properties, call: Call) -> Properties:
        """Change it in place and answer its outputs."""
        raise NotImplementedError

    def delete(self, resource: Resource, call: Call) -> None:
        """Delete it. No error when it is already gone."""
        raise NotImplementedError

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """Answer a function."""
        raise ProviderError(f"The emulator does not know the function {token}")
