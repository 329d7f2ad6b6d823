"""A task that runs once, and that the deployment waits for."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.workloads.hardening import pod_security, writable_volumes
from components.workloads.placement import Placement, pod_annotations, pod_fields
from components.workloads.pod import NOT_TO_BE_MOVED, selector_labels
from components.workloads.task import Task, task_container
from components.workloads.wait_for_port import wait_for_database

_MORE_SECONDS = 60
"""Seconds in which Kubernetes notices the deadline, so that its reason is shown and not Pulumi's timeout."""


@dataclass(frozen=True)
class JobArgs:
    """Inputs of `Job`."""

    namespace: pulumi.Input[str]
    name: str
    """The name of its service account, and the label `app.kubernetes.io/name` of its pods."""
    task: Task
    deadline_seconds: int
    """Seconds for all attempts together."""
    depends_on: Sequence[pulumi.Resource]
    """Resources that must exist before the Job runs."""
    retries: int = 3
    placement: Placement | None = None
    """The node group that its pods are bound to; None for any nodes without a taint."""


class Job(pulumi.ComponentResource):
    """Creates the Job `<name>-<generated>` and a service account that may do nothing.

    Another task is another Job: it runs, and only then the one before is deleted. A Job that failed is replaced by
    the next deployment. It stays when it is done: Kubernetes deleting it would look as if it were to run again.
    """

    job_name: pulumi.Output[str]
    """The Job's name, known once it is done."""

    def __init__(self, name: str, args: JobArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:Job", name, {}, opts)
        labels = selector_labels(args.name)
        account = kubernetes.core.v1.ServiceAccount(
            f"{name}-service-account",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=args.name, namespace=args.namespace, labels=labels),
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )
        job = kubernetes.batch.v1.Job(
            # What the Job's name is generated from. A fixed name could only be replaced by deleting it first, and one
            # made of the task would be taken where a failed deployment is taken back.
            args.name,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                namespace=args.namespace,
                labels=labels,
                # Without it, the next deployment would only wait for the failed Job again.
                annotations={"pulumi.com/replaceUnready": "true"},
            ),
            spec=kubernetes.batch.v1.JobSpecArgs(
                backoff_limit=args.retries,
                active_deadline_seconds=args.deadline_seconds,
                pod_failure_policy=not_counting_disruptions(),
                template=_template(args, labels, account.metadata.apply(lambda metadata: str(metadata.name))),
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(args.depends_on),
                custom_timeouts=pulumi.CustomTimeouts(create=f"{args.deadline_seconds + _MORE_SECONDS}s"),
            ),
        )
        self.job_name = job.metadata.apply(lambda metadata: str(metadata.name))
        self.register_outputs({"job_name": self.job_name})


def _template(
    args: JobArgs, labels: dict[str, str], service_account: pulumi.Input[str]
) -> kubernetes.core.v1.PodTemplateSpecArgs:
    return kubernetes.core.v1.PodTemplateSpecArgs(
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            labels=labels,
            annotations={**NOT_TO_BE_MOVED, **pod_annotations(args.placement)},
        ),
        spec=kubernetes.core.v1.PodSpecArgs(
            service_account_name=service_account,
            automount_service_account_token=False,
            enable_service_links=False,
            # Failed pods stay, and with them their logs.
            restart_policy="Never",
            security_context=pod_security(),
            init_containers=[wait_for_database(args.task.database)],
            containers=[task_container(args.name, args.task)],
            volumes=writable_volumes(args.task.writable),
            **pod_fields(args.placement),
        ),
    )


def not_counting_disruptions() -> kubernetes.batch.v1.PodFailurePolicyArgs:
    """A spot node that leaves is no failure of the task."""
    return kubernetes.batch.v1.PodFailurePolicyArgs(
        rules=[
            kubernetes.batch.v1.PodFailurePolicyRuleArgs(
                action="Ignore",
                on_pod_conditions=[
                    kubernetes.batch.v1.PodFailurePolicyOnPodConditionsPatternArgs(
                        type="DisruptionTarget", status="True"
                    )
                ],
            )
        ]
    )
