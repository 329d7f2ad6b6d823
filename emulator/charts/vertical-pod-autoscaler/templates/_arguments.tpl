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

{{- /* The certificate as cert-manager names its parts, else as the values say. */}}
{{- define "vpa.volumes" -}}
{{- if .Values.admissionController.certManager.enabled -}}
- name: tls-certs
  secret:
    defaultMode: 420
    secretName: {{ include "vpa.secret" . }}
    items:
      - {key: ca.crt, path: caCert.pem}
      - {key: tls.crt, path: serverCert.pem}
      - {key: tls.key, path: serverKey.pem}
{{- else }}
{{- toYaml .Values.admissionController.volumes }}
{{- end }}
{{- end }}
