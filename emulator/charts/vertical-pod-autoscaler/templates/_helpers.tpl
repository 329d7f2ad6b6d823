{{- /* Three programs share these: `part` is recommender, updater or admission-controller, `values` are its own,
  `context` is the chart's. */}}
{{- define "vpa.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name }}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) }}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "vpa.selector" -}}
app.kubernetes.io/name: {{ .context.Values.nameOverride | default .context.Chart.Name | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/instance: {{ .context.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "vpa.labels" -}}
{{ include "vpa.selector" . }}
{{- if ne .part "admission-certgen" }}
app.kubernetes.io/component-instance: {{ .context.Release.Name }}-{{ .part }}
{{- end }}
app.kubernetes.io/version: {{ .context.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .context.Release.Service }}
helm.sh/chart: {{ .context.Chart.Name }}-{{ .context.Chart.Version }}
{{- with .context.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* Whether replicas elect a leader: as told, else if there is more than one. "true" or nothing. */}}
{{- define "vpa.elects" -}}
{{- with .leaderElection }}
{{- if kindIs "bool" .enabled | ternary .enabled (gt (int $.replicas) 1) }}true{{ end }}
{{- end }}
{{- end }}

{{- define "vpa.secret" -}}
{{ .Values.admissionController.tls.secretName | default (printf "%s-admission-controller-tls" (include
  "vpa.fullname" .)) }}
{{- end }}
