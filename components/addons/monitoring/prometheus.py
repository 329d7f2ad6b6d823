"""Metrics of the cluster and the shop, their dashboards, and their alarms."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.addons.external_secret import ExternalSecret, ExternalSecretArgs
from components.addons.external_secrets import ExternalSecrets
from components.addons.helm_addon import helm_release
from components.addons.monitoring.alerts import shop_alerts
from components.addons.monitoring.chart_values import chart_values
from components.addons.monitoring.pod_monitors import monitor, watched
from components.addons.place import AddonPlace
from components.config import PrometheusConfig
from components.data.credentials import SecretPlace, StoredSecret, StoredSecretArgs, generated_password
from components.versions import KUBE_PROMETHEUS_STACK_CHART

CHART = "kube-prometheus-stack"
REPOSITORY = "https://prometheus-community.github.io/helm-charts"
NAMESPACE = "monitoring"
_API_VERSION = "monitoring.coreos.com/v1"
_ADMINISTRATOR = "grafana-admin"
_KEYS = ("admin-user", "admin-password")


@dataclass(frozen=True)
class PrometheusArgs:
    """Inputs of `Prometheus`."""

    place: AddonPlace
    settings: PrometheusConfig
    label: str
    """What physical names start with."""
    shop_namespace: str
    """Whose services the alarms are about."""
    secrets: SecretPlace
    password_length: int
    external_secrets: ExternalSecrets
    storage_class: pulumi.Resource
    cluster_autoscaler: bool
    """Whether it runs, and is watched."""
    protected: bool
    """The metrics' volumes stay if the release goes, and the namespace that has them cannot be deleted."""


class Prometheus(pulumi.ComponentResource):
    """Creates the namespace `monitoring`, Grafana's administrator, the release, its monitors and its alarms.

    The administrator's password is generated into Secrets Manager (`<label>-grafana`) and read from there.
    """

    release: pulumi.Resource
    """Brings the kinds ServiceMonitor and PrometheusRule."""

    def __init__(self, name: str, args: PrometheusArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:addons:Prometheus", name, {}, opts)
        self._name = name
        namespace = kubernetes.core.v1.Namespace(
            f"{name}-namespace",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=NAMESPACE,
                # Node exporter reads the host's network, processes and file system, which no other level admits.
                labels={"pod-security.kubernetes.io/enforce": "privileged"},
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protected,
                custom_timeouts=pulumi.CustomTimeouts(delete="20m"),
                # Claims go with the namespace: their driver has to be there to the last.
                depends_on=[args.storage_class, *args.place.ready],
            ),
        )
        self._namespace = namespace.metadata.apply(lambda metadata: str(metadata.name))
        administrator = self._administrator(args)
        self.release = helm_release(
            name,
            args.place.chart(CHART, KUBE_PROMETHEUS_STACK_CHART, REPOSITORY),
            NAMESPACE,
            chart_values(args.settings, administrator.target, keep_volumes=args.protected),
            parent=self,
            # The namespace only comes in as a name.
            after=[namespace, *args.place.ready],
        )
        # Not by the charts of the add-ons: these would wait for this release, which waits for one of them.
        for addon in watched(args.cluster_autoscaler):
            self._custom(f"{addon.name}-monitor", "PodMonitor", addon.name, monitor(addon))
        self._custom("shop-alerts", "PrometheusRule", "openmarket", {"groups": shop_alerts(args.shop_namespace)})
        self.register_outputs({})

    def _administrator(self, args: PrometheusArgs) -> ExternalSecret:
        password = generated_password(f"{self._name}-grafana-password", args.password_length, self)
        stored = StoredSecret(
            f"{self._name}-grafana",
            StoredSecretArgs(
                f"{args.label}-grafana",
                "Grafana's administrator",
                dict(zip(_KEYS, ("admin", password), strict=True)),
                args.secrets,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        operator = args.external_secrets
        stored.allow_read(operator.role)
        return ExternalSecret(
            f"{self._name}-grafana-admin",
            ExternalSecretArgs(
                namespace=self._namespace,
                secret_name=_ADMINISTRATOR,
                source=stored.reference,
                keys={key: key for key in _KEYS},
                after=[operator.store, *operator.role.grants],
            ),
            pulumi.ResourceOptions(parent=self),
        )

    def _custom(self, what: str, kind: str, name: str, spec: dict[str, Any]) -> None:
        kubernetes.apiextensions.CustomResource(
            f"{self._name}-{what}",
            api_version=_API_VERSION,
            kind=kind,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=name, namespace=self._namespace),
            spec=spec,
            # The kind comes with the release.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.release]),
        )
