{{- /*
Three workloads share these: `part` is "" (the operator), "-webhook" or "-cert-controller", `values` are its own,
`context` is the chart's.
*/}}
{{- define "eso.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name }}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) }}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "eso.namespace" -}}
{{ .Values.namespaceOverride | default .Release.Namespace }}
{{- end }}

{{- define "eso.selector" -}}
app.kubernetes.io/name: {{ .context.Values.nameOverride | default .context.Chart.Name | trunc 63 | trimSuffix
  "-" }}{{ .part }}
app.kubernetes.io/instance: {{ .context.Release.Name }}
{{- end }}

{{- define "eso.labels" -}}
{{ include "eso.selector" . }}
app.kubernetes.io/version: {{ .context.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .context.Release.Service }}
helm.sh/chart: {{ .context.Chart.Name }}-{{ .context.Chart.Version }}
{{- with .context.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- if and .part (include "eso.monitored" .context) }}
app.kubernetes.io/metrics: {{ trimPrefix "-" .part }}
{{- end }}
{{- end }}

{{- define "eso.account" -}}
{{- $own := ternary (include "eso.fullname" .context) (printf "external-secrets%s" .part) (empty .part) }}
{{- .values.serviceAccount.name | default (ternary $own "default" .values.serviceAccount.create) }}
{{- end }}

{{- /* Whether a part is installed: "true" or nothing. */}}
{{- define "eso.installed" -}}
{{- $values := .context.Values }}
{{- if eq .part "" }}
{{- if $values.createOperator }}true{{ end }}
{{- else if eq .part "-webhook" }}
{{- if $values.webhook.create }}true{{ end }}
{{- else if and $values.certController.create (not $values.webhook.certManager.enabled) }}true{{ end }}
{{- end }}

{{- /* Whether ServiceMonitors are wanted, and their kind is served: "true" or nothing. */}}
{{- define "eso.monitored" -}}
{{- if .Values.serviceMonitor.enabled }}
{{- $mode := .Values.serviceMonitor.renderMode }}
{{- $served := .Capabilities.APIVersions.Has "monitoring.coreos.com/v1/ServiceMonitor" }}
{{- if and (eq $mode "failIfMissing") (not $served) }}{{ fail
  "serviceMonitor.renderMode is failIfMissing, and the cluster does not serve monitoring.coreos.com/v1 ServiceMonitor" }}{{ end }}
{{- if or $served (eq $mode "alwaysRender") }}true{{ end }}
{{- end }}
{{- end }}

{{- define "eso.image" -}}
{{- $tag := .values.image.tag | default .context.Chart.AppVersion }}
{{- .context.Values.global.repository | default
  .values.image.repository }}:{{ $tag }}{{ with .values.image.flavour }}-{{ . }}{{ end }}
{{- end }}
