"""Services that run and end: cron jobs by the clock, and tasks that an operator runs."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.config.services import Concurrency, CronJobConfig, TaskConfig
from components.workloads.job import not_counting_disruptions
from components.workloads.pod import PodArgs, object_metadata, run_template, selector_labels
from components.workloads.service_context import ServiceContext, service_account

_PLACEHOLDER = ["--version"]
"""Arguments with which the placeholder prints a line and ends with 0 (test/images/agnhost/agnhost.go of Kubernetes)."""

_LATE_SECONDS = 300
"""Seconds after its time in which a run still begins, after an outage or once the run before has ended. Without a
bound, Kubernetes gives up a CronJob for good that has missed a hundred times
(https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/)."""

_NEVER = "0 0 1 1 *"
"""A schedule that the API server accepts. That of a task is suspended."""

_POLICIES = {Concurrency.FORBID: "Forbid", Concurrency.ALLOW: "Allow", Concurrency.REPLACE: "Replace"}


@dataclass(frozen=True)
class _Times:
    """When runs begin, and what happens if the one before has not ended."""

    schedule: str
    time_zone: str
    concurrency: Concurrency
    suspended: bool


@dataclass(frozen=True)
class CronJobArgs:
    """Inputs of `CronJob`."""

    settings: CronJobConfig
    context: ServiceContext


class CronJob(pulumi.ComponentResource):
    """Creates a service account and a CronJob. Without an image, a placeholder ends at once."""

    def __init__(self, name: str, args: CronJobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:CronJob", name, {}, opts)
        settings, context = args.settings, args.context
        times = _Times(settings.schedule, settings.time_zone, settings.concurrency, suspended=False)
        _cron_job(name, settings, times, context, self)
        self.register_outputs({})


@dataclass(frozen=True)
class OperatorTaskArgs:
    """Inputs of `OperatorTask`."""

    settings: TaskConfig
    context: ServiceContext


class OperatorTask(pulumi.ComponentResource):
    """Creates a service account and a suspended CronJob, which never runs by itself: `ops run` makes Jobs of it."""

    def __init__(self, name: str, args: OperatorTaskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:OperatorTask", name, {}, opts)
        settings, context = args.settings, args.context
        never = _Times(_NEVER, "Etc/UTC", Concurrency.FORBID, suspended=True)
        _cron_job(name, settings, never, context, self)
        self.register_outputs({})


def _cron_job(
    name: str,
    settings: CronJobConfig | TaskConfig,
    times: _Times,
    context: ServiceContext,
    parent: pulumi.Resource,
) -> None:
    service = context.service
    pod = PodArgs(
        service=service,
        settings=settings,
        placeholder=_PLACEHOLDER,
        service_account=service_account(name, context, parent),
        environment=context.environment,
        init_containers=context.init_containers,
        placement=context.placement,
    )
    kubernetes.batch.v1.CronJob(
        f"{name}-cron-job",
        metadata=object_metadata(service, service, context.namespace),
        spec=kubernetes.batch.v1.CronJobSpecArgs(
            schedule=times.schedule,
            time_zone=times.time_zone,
            suspend=times.suspended,
            concurrency_policy=_POLICIES[times.concurrency],
            starting_deadline_seconds=_LATE_SECONDS,
            successful_jobs_history_limit=settings.kept_runs,
            failed_jobs_history_limit=settings.kept_runs,
            job_template=kubernetes.batch.v1.JobTemplateSpecArgs(
                metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=selector_labels(service)),
                spec=kubernetes.batch.v1.JobSpecArgs(
                    backoff_limit=settings.retries,
                    active_deadline_seconds=settings.deadline_seconds,
                    pod_failure_policy=not_counting_disruptions(),
                    # A pod that leaves with its node may still be at work: only when it has ended comes the next.
                    pod_replacement_policy="Failed",
                    template=run_template(pod),
                ),
            ),
        ),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(context.depends_on)),
    )
