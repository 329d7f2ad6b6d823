"""Collects how the last runs of cron jobs and tasks have ended."""

from collections.abc import Sequence
from dataclasses import dataclass

from components.config.services import PLACEHOLDER_IMAGE
from ops.objects import Object, is_true, label, name_of, part, parts, value
from ops.operate import shop


@dataclass(frozen=True)
class RunStatus:
    """A cron job or a task.

    Attributes:
        name: Name of the service.
        image: The image of its runs.
        placeholder: True if the image only stands in until the service has one.
        schedule: When it runs, with the time zone; empty for a task.
        last: Begin of the last run that the cluster still has, in ISO 8601; empty without one.
        outcome: `succeeded`, `failed` or `running`; empty without a run.
    """

    name: str
    image: str
    placeholder: bool
    schedule: str
    last: str
    outcome: str


def run_status(cron_job: Object, jobs: Sequence[Object]) -> RunStatus:
    """Return the status of a cron job or a task, whose runs are among the Jobs."""
    name, spec = name_of(cron_job), part(cron_job, "spec")
    image = str(parts(spec, "jobTemplate", "spec", "template", "spec", "containers")[0]["image"])
    own = [job for job in jobs if label(job, shop.NAME_LABEL) == name]
    last = max(own, key=_begun, default=Object())
    return RunStatus(
        name=name,
        image=image,
        placeholder=image == PLACEHOLDER_IMAGE,
        schedule="" if spec.get("suspend") else f"{spec['schedule']} {spec.get('timeZone', '')}".strip(),
        last=_begun(last),
        outcome=_outcome(last) if last else "",
    )


def _begun(job: Object) -> str:
    return str(value(job, "metadata", "creationTimestamp") or "")


def _outcome(job: Object) -> str:
    if is_true(job, "Complete"):
        return "succeeded"
    return "failed" if is_true(job, "Failed") else "running"
