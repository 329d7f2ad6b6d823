{{- define "kps.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- /* Cut to leave room for what is appended. */}}
{{- define "kps.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name }}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) }}
{{- .Values.fullnameOverride | default $full | trunc 26 | trimSuffix "-" }}
{{- end }}

{{- define "kps.namespace" -}}
{{ .Values.namespaceOverride | default .Release.Namespace }}
{{- end }}

{{- define "kps.labels" -}}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.Version }}
app.kubernetes.io/part-of: {{ include "kps.name" . }}
chart: {{ .Chart.Name }}-{{ .Chart.Version }}
release: {{ .Release.Name }}
heritage: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* Labels of the operator and its webhook, which say more. */}}
{{- define "kps.operatorLabels" -}}
{{ include "kps.labels" .context }}
app: {{ include "kps.name" .context }}-{{ .app }}
app.kubernetes.io/name: {{ include "kps.name" .context }}-prometheus-operator
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "kps.operator" -}}
{{ .Values.prometheusOperator.fullnameOverride | default (printf "%s-operator" (include "kps.fullname" .)) }}
{{- end }}

{{- /* The service account of a part that its values may name otherwise. */}}
{{- define "kps.account" -}}
{{ .values.serviceAccount.name | default (ternary .name "default" .values.serviceAccount.create) }}
{{- end }}

{{- /* The name of the Prometheus and the Alertmanager. */}}
{{- define "kps.custom" -}}
{{ include "kps.fullname" .context }}{{ if not
  .context.Values.cleanPrometheusOperatorObjectNames }}-{{ .part }}{{ end }}
{{- end }}

{{- /* registry/repository:tag@sha256:sum of an image in the values, with a tag for when they have none. */}}
{{- define "kps.image" -}}
{{ .context.Values.global.imageRegistry | default
  .image.registry }}/{{ .image.repository }}:{{ .image.tag | default .tag }}
{{- with .image.sha }}@sha256:{{ . }}{{ end }}
{{- end }}

{{- /* Of grafana, kube-state-metrics and prometheus-node-exporter, which are charts of their own elsewhere. */}}
{{- define "kps.partName" -}}
{{- $name := .values.nameOverride | default .part }}
{{- $full := ternary .context.Release.Name (printf "%s-%s" .context.Release.Name $name) (contains $name
  .context.Release.Name) }}
{{- .values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* The namespace override of the whole does not move them. */}}
{{- define "kps.partNamespace" -}}
{{ .values.namespaceOverride | default .context.Release.Namespace }}
{{- end }}

{{- define "kps.partSelector" -}}
app.kubernetes.io/name: {{ .values.nameOverride | default .part }}
app.kubernetes.io/instance: {{ .context.Release.Name }}
{{- end }}

{{- define "kps.partLabels" -}}
{{- $versions := dict "grafana" "12.11.1 13.2.0" "kube-state-metrics" "8.4.0 2.20.0" "prometheus-node-exporter"
  "4.56.1 1.12.1" }}
{{- $version := get $versions .part | splitList " " }}
{{ include "kps.partSelector" . }}
helm.sh/chart: {{ .part }}-{{ first $version }}
app.kubernetes.io/version: {{ last $version }}
{{- if ne .part "grafana" }}
app.kubernetes.io/managed-by: {{ .context.Release.Service }}
app.kubernetes.io/component: metrics
app.kubernetes.io/part-of: {{ .values.nameOverride | default .part }}
{{- if .values.releaseLabel }}
release: {{ .context.Release.Name }}
{{- end }}
{{- end }}
{{- range list "customLabels" "commonLabels" "extraLabels" }}
{{- with get $.values . }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- end }}

{{- /* What parts' pods take from their values as it is. */}}
{{- define "kps.placement" -}}
{{- range $key := list "nodeSelector" "affinity" "tolerations" "topologySpreadConstraints" "priorityClassName"
  "dnsConfig" }}
{{- with get $.values $key }}
{{ $key }}: {{ toJson . }}
{{- end }}
{{- end }}
{{- include "kps.pullSecrets" (.values.imagePullSecrets | default .context.Values.global.imagePullSecrets) }}
{{- end }}

{{- /* Secrets for registries, each written as a name or as an object. */}}
{{- define "kps.pullSecrets" -}}
{{- with . }}
imagePullSecrets:
  {{- range . }}
  - {{ kindIs "string" . | ternary (dict "name" .) . | toJson }}
  {{- end }}
{{- end }}
{{- end }}
