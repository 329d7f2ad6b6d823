"""Which values the charts inside kube-prometheus-stack have, at their top level.

As read from values.yaml of charts/grafana of https://github.com/grafana-community/helm-charts at 03968120 (13.1.0),
and of charts/kube-state-metrics and charts/prometheus-node-exporter of
https://github.com/prometheus-community/helm-charts at b1e058bc and 01931990. These are not the very versions that
88.5.3 depends on, which could not be read: a value that came or went between them is judged by these. What
kube-prometheus-stack adds to Grafana's values is in its own values.yaml.
"""

from emulator.kubernetes.charts.chart import keys

_POD = (
    "affinity", "containerSecurityContext", "dnsConfig", "dnsPolicy", "fullnameOverride", "global", "image",
    "imagePullSecrets", "livenessProbe", "nameOverride", "namespaceOverride", "networkPolicy", "nodeSelector",
    "podAnnotations", "podLabels", "priorityClassName", "rbac", "readinessProbe", "resources", "revisionHistoryLimit",
    "securityContext", "service", "serviceAccount", "tolerations", "verticalPodAutoscaler",
)  # fmt: skip

GRAFANA = keys(
    *_POD,
    # Of kube-prometheus-stack.
    "additionalDataSources", "defaultDashboardsEditable", "defaultDashboardsEnabled", "defaultDashboardsInterval",
    "defaultDashboardsTimezone", "deleteDatasources", "enabled", "forceDeployDashboards", "forceDeployDatasources",
    "operator",
    "adminPassword", "adminUser", "alerting", "annotations", "args", "assertNoLeakedSecrets",
    "automountServiceAccountToken", "autoscaling", "command", "configMapAnnotations", "createConfigmap",
    "dashboardProviders", "dashboards", "dashboardsConfigMaps", "datasources", "defaultCurlOptions",
    "defaultShellOptions", "deploymentStrategy", "downloadDashboards", "downloadDashboardsImage",
    "enableKubeBackwardCompatibility", "enableServiceLinks", "env", "envFromConfigMaps", "envFromSecret",
    "envFromSecrets", "envRenderSecret", "envValueFrom", "extraConfigmapMounts", "extraContainerVolumes",
    "extraContainers", "extraEmptyDirMounts", "extraExposePorts", "extraInitContainers", "extraLabels", "extraObjects",
    "extraSecretMounts", "extraVolumeMounts", "extraVolumes", "goMemLimit", "gossipPortName", "grafana.ini",
    "headlessService", "hostAliases", "hostUsers", "imageRenderer", "ingress", "initChownData", "ldap",
    "lifecycleHooks", "listenerSet", "notifiers", "persistence", "plugins", "podDisruptionBudget", "podPortName",
    "progressDeadlineSeconds", "replicas", "route", "schedulerName", "serviceMonitor", "shadowBundledPlugins",
    "shareProcessNamespace", "smtp", "startupProbe", "testFramework", "topologySpreadConstraints", "useStatefulSet",
    admin=keys("existingSecret", "passwordKey", "userKey"),
    sidecar=keys(
        "alerts", "dashboards", "datasources", "enableUniqueFilenames", "image", "imagePullPolicy", "livenessProbe",
        "logLevel", "notifiers", "plugins", "readinessProbe", "resources", "securityContext", "skipTlsVerify",
    ),
)  # fmt: skip

KUBE_STATE_METRICS = keys(
    *_POD, "annotations", "automountServiceAccountToken", "autosharding", "collectors", "containers",
    "customLabels", "customResourceState", "env", "extraArgs", "extraManifests", "hostNetwork", "initContainers",
    "kubeRBACProxy", "kubeconfig", "labels", "metricAllowlist", "metricAnnotationsAllowList", "metricDenylist",
    "metricLabelsAllowlist", "namespaces", "namespacesDenylist", "podDisruptionBudget", "prometheus",
    "prometheusScrape", "releaseLabel", "releaseNamespace", "replicas", "selectorOverride", "selfMonitor",
    "startupProbe", "topologySpreadConstraints", "updateStrategy", "volumeMounts", "volumes",
)  # fmt: skip

NODE_EXPORTER = keys(
    *_POD, "commonLabels", "configmaps", "daemonsetAnnotations", "endpoints", "env", "extraArgs",
    "extraHostVolumeMounts", "extraInitContainers", "extraManifests", "extraVolumeMounts", "extraVolumes", "hostIPC",
    "hostNetwork", "hostPID", "hostProcFsMount", "hostRootFsMount", "hostSysFsMount", "hostUsers", "kubeRBACProxy",
    "permissionInitContainer", "prometheus", "releaseLabel", "restartPolicy", "secrets", "sidecarHostVolumeMounts",
    "sidecarVolumeMount", "sidecars", "terminationGracePeriodSeconds", "terminationMessageParams", "tlsSecret",
    "updateStrategy", "version",
)  # fmt: skip
