{{- /* The pods' name says whose cloud it is. */}}
{{- define "ca.name" -}}
{{ .Values.nameOverride | default (printf "%s-%s" .Values.cloudProvider .Chart.Name) | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "ca.fullname" -}}
{{- $name := .Values.nameOverride | default (printf "%s-%s" .Values.cloudProvider .Chart.Name) }}
{{- $full := ternary $name (printf "%s-%s" .Release.Name $name) (eq $name .Release.Name) }}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "ca.account" -}}
{{- with .Values.rbac.serviceAccount }}
{{- .name | default (ternary (include "ca.fullname" $) "default" .create) }}
{{- end }}
{{- end }}

{{- define "ca.selector" -}}
app.kubernetes.io/name: {{ include "ca.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "ca.labels" -}}
{{ include "ca.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- with .Values.additionalLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* Whether the expander goes by priorities: "true" or nothing. */}}
{{- define "ca.priorities" -}}
{{- if has "priority" (splitList "," (.Values.extraArgs.expander | default "")) }}true{{ end }}
{{- end }}

{{- define "ca.annotations" -}}
{{- with .values }}
annotations: {{- tpl (toYaml .) $.context | nindent 2 }}
{{- end }}
{{- end }}
