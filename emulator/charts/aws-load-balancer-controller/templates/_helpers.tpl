{{- define "lbc.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* The release's name, with the chart's unless it is in there. */}}
{{- define "lbc.fullname" -}}
{{- $name := .Values.nameOverride | default .Chart.Name }}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) }}
{{- .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* What the webhooks' objects start with. */}}
{{- define "lbc.prefix" -}}
{{ .Values.nameOverride | default (trimSuffix "-controller" .Chart.Name) | trunc 42 | trimSuffix "-" }}
{{- end }}

{{- define "lbc.account" -}}
{{ .Values.serviceAccount.name | default (ternary (include "lbc.fullname" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{- define "lbc.selector" -}}
app.kubernetes.io/name: {{ include "lbc.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "lbc.labels" -}}
{{ include "lbc.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- if eq "helm" (.Values.creator | default "helm") }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
{{- range $key, $value := .Values.additionalLabels }}
{{ $key }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "lbc.metricsPort" -}}
{{ last (splitList ":" .Values.metricsBindAddr) | default 8080 }}
{{- end }}

{{- /* `a=1,b=2` of a map. */}}
{{- define "lbc.pairs" -}}
{{- $pairs := list }}
{{- range $key, $value := . }}{{ $pairs = append $pairs (printf "%s=%v" $key $value) }}{{ end }}
{{- join "," $pairs }}
{{- end }}

{{- /* One argument for each value of the list that is set; false counts as set. */}}
{{- define "lbc.flags" -}}
{{- range .flags }}
{{- $parts := splitList "=" . }}
{{- $value := get $.values (last $parts) }}
{{- if or $value (kindIs "bool" $value) }}
{{- if kindIs "slice" $value }}{{ $value = join "," $value }}{{ end }}
{{- if kindIs "map" $value }}{{ $value = include "lbc.pairs" $value }}{{ end }}
- --{{ first $parts }}={{ $value }}
{{- end }}
{{- end }}
{{- end }}
