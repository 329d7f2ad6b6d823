"""The operator that copies values from AWS Secrets Manager into Kubernetes Secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from components.addons.addon import Addon, Installation
from components.addons.parts import Chart, Metrics, Pods, ServiceAccount, alert
from components.addons.scheduling import CRITICAL, chart_labels, resources, spread
from components.base.pods import Requests, demand

if TYPE_CHECKING:
    import pulumi

STORE_NAME = "aws-secrets-manager"
"""The ClusterSecretStore that ExternalSecrets name."""
_CHART = "external-secrets"
_WEBHOOK_NAME = f"{_CHART}-webhook"
_OPERATOR = Requests("25m", "64Mi")
_WEBHOOK = Requests("10m", "48Mi")
_CERTIFICATES = Requests("10m", "64Mi")


class ExternalSecrets(Addon):
    """The External Secrets Operator with its CRDs, and the ClusterSecretStore `aws-secrets-manager`.

    Its role may read nothing at first: each ExternalSecret of the program grants what it needs.
    """

    name = "external-secrets"
    # https://github.com/external-secrets/external-secrets, deploy/charts/external-secrets/Chart.yaml (2026-08-08); for
    # Kubernetes 1.36 by its stability table.
    source = Chart(_CHART, "2.9.0", "https://charts.external-secrets.io")
    service_account = ServiceAccount(_CHART)
    metrics = Metrics(_CHART, 8080, own_namespaces=True)  # the chart's default of `metrics.listen.port`

    def __init__(self, replicas: int, namespaces: Sequence[str]) -> None:
        """
        Args:
            replicas: Pods of the operator and of its webhook.
            namespaces: Namespaces besides the shop's that may use the store. Elsewhere an ExternalSecret is refused.
        """
        self._replicas = replicas
        self._namespaces = namespaces

    def pods(self) -> Pods:
        replicated = [demand(_OPERATOR), demand(_WEBHOOK)] * self._replicas
        return Pods(deployed=[*replicated, demand(_CERTIFICATES)])

    def values(self, installation: Installation) -> Mapping[str, Any]:
        return {
            "installCRDs": True,
            # An uninstall would take every ExternalSecret with its kind, and with each the Secret of the shop.
            "crds": {"annotations": {"helm.sh/resource-policy": "keep"}},
            "serviceAccount": installation.account_values(),
            # One of them works, the other takes over.
            "leaderElect": True,
            "replicaCount": self._replicas,
            "podDisruptionBudget": {"enabled": True},
            "priorityClassName": CRITICAL,
            "topologySpreadConstraints": spread(chart_labels(_CHART)),
            "resources": resources(_OPERATOR, "256Mi"),
            # Without an answer from it, no store and no ExternalSecret can be created or changed.
            "webhook": {
                "replicaCount": self._replicas,
                "podDisruptionBudget": {"enabled": True},
                "priorityClassName": CRITICAL,
                "topologySpreadConstraints": spread(chart_labels(_WEBHOOK_NAME, _CHART)),
                "resources": resources(_WEBHOOK, "128Mi"),
            },
            "certController": {
                "priorityClassName": CRITICAL,
                "resources": resources(_CERTIFICATES, "256Mi"),
            },
        }

    def after(self, installation: Installation, installed: pulumi.Resource) -> pulumi.Resource:
        """Creates the store. ExternalSecrets need it until they are deleted, as their finalizers are the operator's."""
        import pulumi_kubernetes as kubernetes

        return kubernetes.apiextensions.CustomResource(
            f"{installation.name}-store",
            api_version="external-secrets.io/v1",
            kind="ClusterSecretStore",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=STORE_NAME, annotations={"pulumi.com/waitFor": "condition=Ready"}
            ),
            spec={
                # With no credentials of its own, it has the operator's.
                "provider": {"aws": {"service": "SecretsManager", "region": installation.region}},
                "conditions": [{"namespaces": [installation.shop_namespace, *self._namespaces]}],
            },
            # Its kind, the webhook that checks it, and the operator that finds it ready come with the release.
            opts=installation.child(installed),
        )

    def alerts(self, shop_namespace: str) -> Sequence[Mapping[str, Any]]:
        """Metrics as https://external-secrets.io/latest/api/metrics/ documents them."""
        unsynced = f'externalsecret_status_condition{{namespace="{shop_namespace}",condition="Ready",status="False"}}'
        return [
            alert(
                "ShopSecretNotSynced",
                f"{unsynced} == 1",
                "15m",
                "critical",
                "{{ $labels.name }} does not follow Secrets Manager: pods that start may lack credentials",
            )
        ]
