"""The values that the chart aws-load-balancer-controller 3.5.0 takes."""

from collections.abc import Mapping
from typing import Any

from emulator.kubernetes.charts.chart import keys

KEYS = keys(
    "additionalLabels", "additionalResources", "affinity", "automountServiceAccountToken", "autoscaling",
    "awsApiEndpoints", "awsApiThrottle", "awsMaxRetries", "backendSecurityGroup", "clusterName",
    "configureDefaultAffinity", "createIngressClassResource", "creator", "defaultSSLPolicy", "defaultTags",
    "defaultTargetType", "deploymentAnnotations", "disableIngressClassAnnotation", "disableIngressGroupNameAnnotation",
    "disableRestrictedSecurityGroupRules", "dnsPolicy", "enableBackendSecurityGroup", "enableCertManager",
    "enableEndpointSlices", "enableManageBackendSecurityGroupRules", "enablePodReadinessGateInject",
    "enableServiceMutatorWebhook", "enableShield", "enableWaf", "enableWafv2", "env", "envFrom", "envSecretName",
    "externalManagedTags", "extraVolumeMounts", "extraVolumes", "fullnameOverride", "hostNetwork", "imagePullSecrets",
    "ingressClass", "ingressMaxConcurrentReconciles", "keepTLSSecret", "livenessProbe", "loadBalancerClass",
    "logLevel", "metricsBindAddr", "nameOverride", "nodeSelector", "objectSelector", "podAnnotations",
    "podDisruptionBudget", "podLabels", "podSecurityContext", "priorityClassName", "rbac", "readinessProbe", "region",
    "replicaCount", "resources", "revisionHistoryLimit", "runtimeClassName", "securityContext", "serviceAnnotations",
    "serviceMaxConcurrentReconciles", "serviceTargetENISGTags", "syncPeriod",
    "targetgroupbindingMaxConcurrentReconciles", "targetgroupbindingMaxExponentialBackoffDelay",
    "terminationGracePeriodSeconds", "tolerateNonExistentBackendAction", "tolerateNonExistentBackendService",
    "tolerations", "topologySpreadConstraints", "updateStrategy", "vpcId", "vpcTags", "watchNamespace",
    "webhookBindPort", "webhookCertDir", "webhookNamespaceSelectors", "webhookTLS",
    cluster=keys("dnsDomain"),
    clusterSecretsPermissions=keys("allowAllSecrets"),
    controllerConfig=keys("featureGates"),
    image=keys("repository", "tag", "pullPolicy"),
    ingressClassConfig=keys("default"),
    ingressClassParams=keys("create", "name", "spec"),
    podMutatorWebhookConfig=keys("failurePolicy"),
    serviceAccount=keys("create", "annotations", "name", "automountServiceAccountToken", "imagePullSecrets"),
    serviceMonitor=keys("enabled", "additionalLabels", "interval", "namespace"),
    serviceMutatorWebhookConfig=keys("failurePolicy", "objectSelector", "operations"),
    webhookConfig=keys("disableIngressValidation", "ingressValdationFailurePolicy"),
)  # fmt: skip
# Defaults of chart 3.5.0 that shape what is installed.
DEFAULTS: Mapping[str, Any] = {
    "replicaCount": 2,
    "serviceAccount": {"create": True, "name": "", "annotations": {}},
    "enableServiceMutatorWebhook": True,
    "serviceMutatorWebhookConfig": {"failurePolicy": "Fail"},
    "podMutatorWebhookConfig": {"failurePolicy": "Ignore"},
    "webhookConfig": {"ingressValdationFailurePolicy": "Fail"},
    "ingressClass": "alb",
    "createIngressClassResource": True,
    "ingressClassParams": {"create": True, "name": "", "spec": {}},
    "ingressClassConfig": {"default": False},
    "priorityClassName": "system-cluster-critical",
    "podSecurityContext": {"fsGroup": 65534},
    "securityContext": {"readOnlyRootFilesystem": True, "runAsNonRoot": True, "allowPrivilegeEscalation": False},
    "image": {"repository": "public.ecr.aws/eks/aws-load-balancer-controller"},
}
