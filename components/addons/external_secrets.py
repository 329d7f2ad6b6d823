"""The operator that copies values from AWS Secrets Manager into Kubernetes Secrets."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.addons.helm_addon import helm_release
from components.addons.place import SYSTEM_NAMESPACE, AddonPlace, account_values
from components.addons.scheduling import CRITICAL, chart_labels, resources, spread
from components.identity import ServiceAccountRole
from components.requests import EXTERNAL_SECRETS, EXTERNAL_SECRETS_CERTIFICATES, EXTERNAL_SECRETS_WEBHOOK
from components.versions import EXTERNAL_SECRETS_CHART

CHART = "external-secrets"
REPOSITORY = "https://charts.external-secrets.io"
STORE_NAME = "aws-secrets-manager"


@dataclass(frozen=True)
class ExternalSecretsArgs:
    """Inputs of `ExternalSecrets`."""

    place: AddonPlace
    namespaces: Sequence[pulumi.Input[str]]
    """Which may use the store. Elsewhere an ExternalSecret is refused."""


class ExternalSecrets(pulumi.ComponentResource):
    """Creates the External Secrets Operator with its CRDs, its role, and the ClusterSecretStore `aws-secrets-manager`.

    The role may read nothing until a secret says so (`secret.allow_read(external_secrets.role)`).
    """

    role: ServiceAccountRole
    store: pulumi.Resource
    """Ready: what ExternalSecrets need to be created, and again to go, as their finalizers are the operator's."""

    def __init__(self, name: str, args: ExternalSecretsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:addons:ExternalSecrets", name, {}, opts)
        place = args.place
        self.role = place.role(name, CHART, self)
        webhook = f"{CHART}-webhook"
        release = helm_release(
            name,
            place.chart(CHART, EXTERNAL_SECRETS_CHART, REPOSITORY),
            SYSTEM_NAMESPACE,
            {
                "installCRDs": True,
                # An uninstall would take every ExternalSecret with its kind, and with each the Secret of the shop.
                "crds": {"annotations": {"helm.sh/resource-policy": "keep"}},
                "serviceAccount": account_values(self.role),
                # One of them works, the other takes over.
                "leaderElect": True,
                "replicaCount": place.replicas,
                "podDisruptionBudget": {"enabled": True},
                "priorityClassName": CRITICAL,
                "topologySpreadConstraints": spread(chart_labels(CHART)),
                "resources": resources(*EXTERNAL_SECRETS, "256Mi"),
                # Without an answer from it, no store and no ExternalSecret can be created or changed.
                "webhook": {
                    "replicaCount": place.replicas,
                    "podDisruptionBudget": {"enabled": True},
                    "priorityClassName": CRITICAL,
                    "topologySpreadConstraints": spread(chart_labels(webhook, CHART)),
                    "resources": resources(*EXTERNAL_SECRETS_WEBHOOK, "128Mi"),
                },
                "certController": {
                    "priorityClassName": CRITICAL,
                    "resources": resources(*EXTERNAL_SECRETS_CERTIFICATES, "256Mi"),
                },
            },
            parent=self,
            after=place.ready,
        )
        self.store = kubernetes.apiextensions.CustomResource(
            f"{name}-store",
            api_version="external-secrets.io/v1",
            kind="ClusterSecretStore",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=STORE_NAME, annotations={"pulumi.com/waitFor": "condition=Ready"}
            ),
            spec={
                # With no credentials of its own, it has the operator's.
                "provider": {"aws": {"service": "SecretsManager", "region": place.region}},
                "conditions": [{"namespaces": list(args.namespaces)}],
            },
            # Its kind, the webhook that checks it, and who finds it ready come with the release.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[release]),
        )
        self.register_outputs({"role_arn": self.role.arn})
