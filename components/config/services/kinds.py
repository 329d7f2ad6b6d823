"""Any service: the kind that its stanza names, or a web service where it names none."""

from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import Discriminator, Tag

from components.config.problems import checked_choice
from components.config.services.base import ServiceConfig
from components.config.services.jobs import CronJobConfig, TaskConfig
from components.config.services.web import WebConfig
from components.config.services.worker import WorkerConfig

KINDS: Mapping[str, type[ServiceConfig]] = {
    "web": WebConfig,
    "worker": WorkerConfig,
    "cronJob": CronJobConfig,
    "task": TaskConfig,
}


def kind_of(stanza: object) -> str:
    """The kind of a stanza, as the stack file has it or as a model. What is no mapping is to be a web service."""
    if isinstance(stanza, Mapping):
        return str(cast(Mapping[str, Any], stanza).get("kind", "web"))
    return str(getattr(stanza, "kind", "web"))


def model_of(stanza: object) -> type[ServiceConfig]:
    """The model of a stanza; that of what all kinds have if there is no such kind."""
    return KINDS.get(kind_of(stanza), ServiceConfig)


def with_images(services: Mapping[str, ServiceConfig]) -> dict[str, ServiceConfig]:
    """The services, each that runs another one's image with that image."""
    return {
        name: each.model_copy(update={"image": services[each.image_of].image}) if each.image_of else each
        for name, each in services.items()
    }


def stanza(stack: str, key: str, value: object) -> ServiceConfig:
    """A service's stanza of a stack file, from the value of its key.

    Raises:
        ValueError: It is not right; the message has every problem.
    """
    return checked_choice(stack, key, value, AnyServiceConfig, WebConfig)


AnyServiceConfig = Annotated[
    Annotated[WebConfig, Tag("web")]
    | Annotated[WorkerConfig, Tag("worker")]
    | Annotated[CronJobConfig, Tag("cronJob")]
    | Annotated[TaskConfig, Tag("task")],
    Discriminator(kind_of),
]
"""A stanza of any kind."""
