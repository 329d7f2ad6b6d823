"""Alarms about runs of cron jobs that fail, from the audit log of the cluster's API server, which every stack has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.alarms.definition import Alarm, Comparison, Metric, Severity, log_metrics

if TYPE_CHECKING:
    import pulumi


@dataclass(frozen=True)
class Runs:
    """What these alarms watch."""

    cluster_name: str
    namespace: str
    """The shop's."""
    cron_jobs: Sequence[str]
    """Names of the services of kind `cronJob`."""
    cluster: pulumi.Resource
    """The cluster, whose log group has the audit log."""

    @property
    def log_group(self) -> str:
        """The log group of the cluster's control plane."""
        return f"/aws/eks/{self.cluster_name}/cluster"


def metric_name(cron_job: str) -> str:
    """The name of the metric that counts the failed runs of a cron job."""
    return f"FailedRuns-{cron_job}"


def pattern(namespace: str, cron_job: str) -> str:
    """What CloudWatch looks for in the audit log: that a Job of the cron job gets the condition `Failed`.

    EKS logs changes of Jobs with the object that they make
    (https://docs.aws.amazon.com/eks/latest/best-practices/auditing-and-logging.html). A Job has the condition
    `FailureTarget` before `Failed`, or none. Runs that `ops run` begins are left out: whoever began one sees it fail.
    """
    conditions = "$.responseObject.status.conditions"
    wanted = (
        '$.objectRef.resource = "jobs"',
        '$.objectRef.subresource = "status"',
        f'$.objectRef.namespace = "{namespace}"',
        f'$.objectRef.name != "{cron_job}-run-*"',
        f'$.responseObject.metadata.ownerReferences[0].name = "{cron_job}"',
    )
    failed = f'(({conditions}[0].type = "Failed") || ({conditions}[1].type = "Failed"))'
    return f"{{ {' && '.join(f'({each})' for each in wanted)} && {failed} }}"


def alarms(runs: Runs) -> Iterator[Alarm]:
    """One alarm for each cron job. The failure is one moment, so the alarm is over after five minutes."""
    for name in runs.cron_jobs:
        yield Alarm(
            "run-failed",
            f"A run of {name} by its schedule failed: what it does is not done before the next run.",
            Severity.WARNING,
            Metric(log_metrics(runs.cluster_name), metric_name(name), "Sum", {}),
            Comparison.ABOVE,
            0,
            1,
            name,
        )
