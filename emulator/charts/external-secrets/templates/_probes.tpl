{{- /* Ports and probes of the three programs: the operator's are written as values, the others' are numbers in
  them. */}}
{{- define "eso.probes" -}}
{{- $values := .values }}
ports:
  - {name: metrics, containerPort: {{ .values.metrics.listen.port }}, protocol: TCP}
  {{- if eq .part "-webhook" }}
  - {name: webhook, containerPort: {{ .values.port }}, protocol: TCP}
  {{- end }}
  {{- if .part }}
  - {name: ready, containerPort: {{ .values.readinessProbe.port }}, protocol: TCP}
  {{- else if or .values.livenessProbe.enabled .values.readinessProbe.enabled }}
  - {name: live, containerPort: {{ include "eso.livePort" .context }}, protocol: TCP}
  {{- end }}
{{- if .part }}
{{- range $probe, $request := dict "livenessProbe" (dict "port" .values.livenessProbe.port "path" "/healthz")
  "readinessProbe" (dict "port" "ready" "path" "/readyz") "startupProbe" (dict "port" "ready" "path" "/readyz") }}
{{- with get $values $probe }}
{{- if .enabled }}
{{ $probe }}: {{ merge (dict "httpGet" $request) (omit . "enabled" "address" "port") | toJson }}
{{- end }}
{{- end }}
{{- end }}
{{- else }}
{{- range $probe := list "livenessProbe" "readinessProbe" }}
{{- with get $values $probe }}
{{- if .enabled }}
{{ $probe }}: {{ omit .spec "address" "port" | toJson }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
