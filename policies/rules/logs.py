"""Checks which logs are written and how long they are kept."""

from collections.abc import Iterator

from policies.resources import Resource, Stack
from policies.rule import Level, Rule, StackRule, Violation

_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
CLUSTER_LOGS = ("api", "audit", "authenticator")


def log_retention(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a log group without a retention period, whose cost grows without limit."""
    if not resource.props.get("retentionInDays"):
        yield Violation("log events never expire", "retentionInDays")


def cluster_logs(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a cluster without API, audit and authenticator logs."""
    missing = [log for log in CLUSTER_LOGS if log not in (resource.props.get("enabledClusterLogTypes") or ())]
    if missing:
        yield Violation(f"{', '.join(missing)} logs are off", f"enabledClusterLogTypes: {', '.join(CLUSTER_LOGS)}")


def database_logs(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a database that does not export its error log."""
    if "error" not in (resource.props.get("enabledCloudwatchLogsExports") or ()):
        yield Violation("its error log stays on the instance", "enabledCloudwatchLogsExports: error")


def flow_logs(vpc: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for a VPC without flow logs."""
    if not stack.belonging("aws:ec2/flowLog:FlowLog", "vpcId", vpc):
        yield Violation("it has no flow logs", "a FlowLog", vpc)


def alarm_receivers(topic: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for a topic that alarms tell and nobody reads: they go off unheard."""
    if stack.belonging(_ALARM, "alarmActions", topic) and not stack.belonging(
        "aws:sns/topicSubscription:TopicSubscription", "topic", topic
    ):
        yield Violation(
            "nobody has subscribed to it", "a receiver in openmarket:alarms: emails, topics or chatWebhook", topic
        )


RULES = (
    Rule(
        "log-retention", "Log groups have a retention period", ("Security Hub CloudWatch.16",),
        Level.ALWAYS, ("aws:cloudwatch/logGroup:LogGroup",), log_retention,
    ),
    Rule(
        "cluster-logs", "Clusters write API, audit and authenticator logs", ("FSBP EKS.8", "CIS EKS 2.1.1"),
        Level.ALWAYS, ("aws:eks/cluster:Cluster",), cluster_logs,
    ),
    Rule(
        "database-logs", "Databases export their error log", ("FSBP RDS.9",),
        Level.ALWAYS, ("aws:rds/cluster:Cluster", "aws:rds/instance:Instance"), database_logs,
    ),
    StackRule(
        "flow-logs", "VPCs have flow logs", ("FSBP EC2.6",), Level.ALWAYS, ("aws:ec2/vpc:Vpc",), flow_logs
    ),
    StackRule(
        "alarm-receivers", "Topics of alarms have a receiver", (), Level.PRODUCTION,
        ("aws:sns/topic:Topic",), alarm_receivers,
    ),
)  # fmt: skip
