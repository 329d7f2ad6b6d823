"""Creates a service by its kind."""

import pulumi

from components.config.services import CronJobConfig, ServiceConfig, TaskConfig, WebConfig, WorkerConfig
from components.workloads.cron_job import CronJob, CronJobArgs, OperatorTask, OperatorTaskArgs
from components.workloads.service_context import ServiceContext
from components.workloads.web_service import WebService, WebServiceArgs
from components.workloads.worker import Worker, WorkerArgs

TYPES = {
    WebConfig: "openmarket:workloads:WebService",
    WorkerConfig: "openmarket:workloads:Worker",
    CronJobConfig: "openmarket:workloads:CronJob",
    TaskConfig: "openmarket:workloads:OperatorTask",
}
"""The types of the components, by the kind of the stanza."""


def create_service(
    name: str, settings: ServiceConfig, context: ServiceContext, opts: pulumi.ResourceOptions
) -> pulumi.ComponentResource:
    """Creates what runs the service, besides what all services have in common.

    A service may have been of another kind. What both kinds have, such as the service account, is one object with one
    name: without the aliases the engine would take it for two, and delete the object after it has made it.

    Raises:
        TypeError: The settings are of no kind.
    """
    others = [pulumi.Alias(type_=each) for kind, each in TYPES.items() if kind is not type(settings)]
    opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(aliases=others))
    match settings:
        case WebConfig():
            return WebService(name, WebServiceArgs(settings, context), opts)
        case WorkerConfig():
            return Worker(name, WorkerArgs(settings, context), opts)
        case CronJobConfig():
            return CronJob(name, CronJobArgs(settings, context), opts)
        case TaskConfig():
            return OperatorTask(name, OperatorTaskArgs(settings, context), opts)
        case _:
            raise TypeError(f"{type(settings).__name__} is the stanza of no kind of service")
