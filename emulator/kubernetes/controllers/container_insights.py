"""Stands in for the CloudWatch agents: they create missing log groups, without a retention period."""

from emulator.kubernetes.addons.addon import labels
from emulator.kubernetes.addons.cloudwatch import AGENT, NAMESPACE
from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers.context import Context

LOGS = ("application", "dataplane", "host", "performance")
"""Last parts of the log groups' names, from
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-EKS-logs.html and
Container-Insights-reference-performance-entries-EKS.html."""

_ACTION = "logs:CreateLogGroup"


def reconcile(context: Context) -> None:
    """Create the missing log groups while agents run that are allowed to."""
    agents: Object | None = context.api.get("apps/v1", "DaemonSet", NAMESPACE, AGENT)
    if agents is None or agents["metadata"].get("deletionTimestamp"):
        return
    selector = ",".join(f"{key}={value}" for key, value in labels(AGENT).items())
    identity = context.running(selector, NAMESPACE)
    if identity is None or context.denied(identity, [_ACTION]):
        return
    context.aws.ensure_log_groups(f"/aws/containerinsights/{context.cluster}/{kind}" for kind in LOGS)
