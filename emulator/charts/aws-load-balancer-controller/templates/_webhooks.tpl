{{- /* The controller's own pods and Services are never sent to its webhooks. */}}
{{- define "lbc.itself" -}}
- {key: app.kubernetes.io/name, operator: NotIn, values: [{{ include "lbc.name" . }}]}
{{- end }}

{{- /* An object selector without the controller's own objects; `.more` adds to it, as a selector. */}}
{{- define "lbc.objects" -}}
objectSelector:
  matchExpressions:
    {{- include "lbc.itself" .context | nindent 4 }}
    {{- with (.more).matchExpressions }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- with (.more).matchLabels }}
  matchLabels: {{ toJson . }}
  {{- end }}
{{- end }}

{{- /* Which namespaces: those of `webhookNamespaceSelectors`, else those with the label. */}}
{{- define "lbc.namespaces" -}}
namespaceSelector:
  matchExpressions:
    {{- if .context.Values.webhookNamespaceSelectors }}
    {{- toYaml .context.Values.webhookNamespaceSelectors | nindent 4 }}
    {{- else }}
    - {key: {{ .label }}, operator: In, values: [enabled]}
    {{- end }}
{{- end }}

{{- /* What every webhook has: `name`, `path`, `policy`, and `rule` as [group, version, operations, resource]. */}}
{{- define "lbc.webhook" -}}
name: {{ .name }}
clientConfig:
  {{- with .authority }}
  caBundle: {{ . }}
  {{- end }}
  service:
    name: {{ include "lbc.prefix" .context }}-webhook-service
    namespace: {{ .context.Release.Namespace }}
    path: {{ .path }}
failurePolicy: {{ .policy | default "Fail" }}
sideEffects: None
admissionReviewVersions: [v1]
rules:
  - apiGroups: [{{ index .rule 0 | quote }}]
    apiVersions: [{{ index .rule 1 }}]
    operations: {{ toJson (index .rule 2) }}
    resources: [{{ index .rule 3 }}]
{{- end }}

{{- /* Certificates, as {ca, certificate, key}: the given ones, else those of the release's last revision, else
  new. */}}
{{- define "lbc.certificates" -}}
{{- $service := printf "%s-webhook-service" (include "lbc.prefix" .) }}
{{- $kept := lookup "v1" "Secret" .Release.Namespace (printf "%s-tls" (include "lbc.prefix" .)) }}
{{- $given := .Values.webhookTLS }}
{{- if and $given.caCert $given.cert $given.key }}
{{- dict "ca" (b64enc $given.caCert) "certificate" (b64enc $given.cert) "key" (b64enc $given.key) | toJson }}
{{- else if and .Values.keepTLSSecret (not .Values.enableCertManager) $kept }}
{{- dict "ca" (get $kept.data "ca.crt") "certificate" (get $kept.data "tls.crt") "key" (get $kept.data "tls.key") |
  toJson }}
{{- else }}
{{- $host := printf "%s.%s" $service .Release.Namespace }}
{{- $hosts := list $host (printf "%s.svc" $host) (printf "%s.svc.%s" $host .Values.cluster.dnsDomain) }}
{{- $authority := genCA "aws-load-balancer-controller-ca" 3650 }}
{{- $signed := genSignedCert (include "lbc.fullname" .) nil $hosts 3650 $authority }}
{{- dict "ca" (b64enc $authority.Cert) "certificate" (b64enc $signed.Cert) "key" (b64enc $signed.Key) | toJson }}
{{- end }}
{{- end }}
