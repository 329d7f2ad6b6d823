{{- define "keda.crd-labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/component: operator
app.kubernetes.io/managed-by: {{ .Values.customManagedBy | default .Release.Service }}
app.kubernetes.io/part-of: {{ .Values.operator.name }}
app.kubernetes.io/version: {{ .Chart.AppVersion }}
{{- end }}

{{- /* `name` is that of the object's app, `context` is the chart's. */}}
{{- define "keda.labels" -}}
app.kubernetes.io/name: {{ .name }}
{{ include "keda.crd-labels" .context }}
app.kubernetes.io/instance: {{ .context.Release.Name }}
{{- with .context.Values.additionalLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "keda.image" -}}
{{- $registry := .context.Values.global.image.registry | default .image.registry }}
{{- $tag := .image.tag | default .context.Chart.AppVersion }}
{{- with $registry }}{{ . }}/{{ end }}{{ .image.repository }}:{{ $tag }}
{{- end }}

{{- define "keda.server" -}}
{{ .Values.operator.name }}-metrics-apiserver
{{- end }}
