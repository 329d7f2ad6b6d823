"""Alertmanager: which alert goes to which SNS topic, and the role with which it publishes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from components.addons.addon import Installation
from components.addons.ebs_csi_driver import volume_claim
from components.addons.scheduling import resources
from components.base.pods import Requests
from components.iam import permissions
from components.iam.grants import Grant

if TYPE_CHECKING:
    import pulumi

REQUESTS = Requests("10m", "64Mi")
ACCOUNT = "alertmanager"
"""The service account."""
_GIB = 2
"""Volume of silences and of the log of notifications."""
_NOBODY = "null"
_SEVERITIES = ("critical", "warning")
_WATCHDOG = "watchdog"
_MESSAGE = """\
{{ range .Alerts }}{{ or .Annotations.summary .Annotations.description }}
{{ range .Labels.SortedPairs }}{{ .Name }}={{ .Value }} {{ end }}
{{ end }}"""


def publish(installation: Installation, topics: Mapping[str, pulumi.Input[str]]) -> Grant:
    """The permission to publish to the topics of alarms, which a key of the stack encrypts."""
    import pulumi

    document = pulumi.Output.all(pulumi.Output.all(*topics.values()), installation.key_arn("logs")).apply(
        lambda known: permissions.topic_publish(known[0], known[1])
    )
    return Grant("publish", document)


def values(
    installation: Installation, topics: Mapping[str, pulumi.Input[str]], claims: Mapping[str, str]
) -> dict[str, Any]:
    """The chart's values for Alertmanager.

    Args:
        topics: ARNs of SNS topics by severity or purpose.
        claims: When its volume is deleted.
    """
    return {
        "serviceAccount": installation.account_values(),
        "config": _config(installation.region, topics),
        # Its templates are Alertmanager's, not Helm's.
        "tplConfig": False,
        "alertmanagerSpec": {
            "storage": volume_claim(_GIB),
            "persistentVolumeClaimRetentionPolicy": dict(claims),
            "resources": resources(REQUESTS, "128Mi"),
        },
    }


def _config(region: str, topics: Mapping[str, pulumi.Input[str]]) -> dict[str, Any]:
    """Routes by severity. Everything else, such as `info`, is for looking at only.

    The chart's alert `Watchdog` is always on. It is published every few minutes, and CloudWatch tells when it stops.
    https://prometheus.io/docs/alerting/latest/configuration/#sns_config
    """
    by_severity = [{"receiver": each, "matchers": [f'severity = "{each}"']} for each in _SEVERITIES]
    watchdog = {"group_wait": "0s", "group_interval": "5m", "repeat_interval": "5m"}
    return {
        "route": {
            "receiver": _NOBODY,
            "group_by": ["namespace", "alertname"],
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "12h",
            "routes": [
                {"receiver": _WATCHDOG, "matchers": ['alertname = "Watchdog"'], **watchdog},
                *by_severity,
            ],
        },
        "receivers": [
            {"name": _NOBODY},
            *(
                {"name": name, "sns_configs": [_sns(region, topics[name], name != _WATCHDOG)]}
                for name in (*_SEVERITIES, _WATCHDOG)
            ),
        ],
    }


def _sns(region: str, topic: pulumi.Input[str], resolved: bool) -> dict[str, Any]:
    return {
        "topic_arn": topic,
        # Signed with the role of the service account.
        "sigv4": {"region": region},
        "send_resolved": resolved,
        "subject": "{{ .Status | toUpper }}: {{ .GroupLabels.alertname }} in {{ .GroupLabels.namespace }}",
        "message": _MESSAGE,
    }
