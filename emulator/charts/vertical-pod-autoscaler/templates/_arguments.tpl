{{- define "vpa.arguments" -}}
- --v=4
- --stderrthreshold=info
{{- if eq .part "admission-controller" }}
- --register-webhook={{ .values.registerWebhook }}
- --webhook-service={{ .values.service.name }}
- --reload-cert=true
{{- else if include "vpa.elects" .values }}
- --leader-elect=true
{{- with .values.leaderElection }}
- --leader-elect-resource-namespace={{ .resourceNamespace | default $.context.Release.Namespace }}
- --leader-elect-resource-name={{ .resourceName }}
- --leader-elect-lease-duration={{ .leaseDuration }}
- --leader-elect-renew-deadline={{ .renewDeadline }}
- --leader-elect-retry-period={{ .retryPeriod }}
{{- end }}
{{- end }}
{{- with .values.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end }}
