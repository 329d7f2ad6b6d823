{{- /* The program with its arguments. An argument of no value is a flag; what follows an underscore in a name is
  dropped, so that one can be given twice. */}}
{{- define "ca.command" -}}
- ./cluster-autoscaler
- --cloud-provider={{ .Values.cloudProvider }}
- --namespace={{ .Release.Namespace }}
{{- range .Values.autoscalingGroups }}
- --nodes={{ .minSize }}:{{ .maxSize }}:{{ .name }}
{{- end }}
{{- if .Values.autoDiscovery.clusterName }}
- --node-group-auto-discovery=asg:tag={{ tpl (join "," .Values.autoDiscovery.tags) . }}
{{- end }}
{{- with .Values.cloudConfigPath }}
- --cloud-config={{ . }}
{{- end }}
{{- range $key, $value := .Values.extraArgs }}
- --{{ first (splitList "_" $key) }}{{ if not (kindIs "invalid" $value) }}={{ $value }}{{ end }}
{{- end }}
{{- range .Values.customArgs }}
- {{ . }}
{{- end }}
{{- end }}

{{- define "ca.environment" -}}
{{- $secret := .Values.secretKeyRefNameOverride | default (include "ca.fullname" .) }}
- {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
- {name: SERVICE_ACCOUNT, valueFrom: {fieldRef: {fieldPath: spec.serviceAccountName}}}
{{- with tpl .Values.awsRegion . }}
- {name: AWS_REGION, value: {{ . | quote }}}
{{- if $.Values.awsAccessKeyID }}
- {name: AWS_ACCESS_KEY_ID, valueFrom: {secretKeyRef: {name: {{ $secret }}, key: AwsAccessKeyId}}}
{{- end }}
{{- if $.Values.awsSecretAccessKey }}
- {name: AWS_SECRET_ACCESS_KEY, valueFrom: {secretKeyRef: {name: {{ $secret }}, key: AwsSecretAccessKey}}}
{{- end }}
{{- end }}
{{- range $key, $value := .Values.extraEnv }}
- {name: {{ $key }}, value: {{ $value | quote }}}
{{- end }}
{{- range $source, $variables := dict "configMapKeyRef" .Values.extraEnvConfigMaps "secretKeyRef"
  .Values.extraEnvSecrets }}
{{- range $key, $value := $variables }}
- {name: {{ $key }}, valueFrom: {{ dict $source (dict "name" ($value.name | default (include "ca.fullname" $)) "key"
    (required "Must specify key!" $value.key)) | toJson }}}
{{- end }}
{{- end }}
{{- end }}
