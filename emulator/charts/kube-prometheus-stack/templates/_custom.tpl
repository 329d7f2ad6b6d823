{{- /*
The spec of a Prometheus or an Alertmanager from the chart's values: most of them are the operator's own fields.
`held` are those that are not, or that are written otherwise. What is empty is left out; numbers and booleans never are.
*/}}
{{- define "kps.fields" -}}
{{- $held := list
  "additionalConfig" "additionalConfigString" "additionalRemoteRead" "additionalRemoteWrite" "additionalScrapeConfigs"
  "additionalScrapeConfigsSecret" "affinity" "alertingEndpoints" "disableAlerting" "externalUrl"
  "ignoreNamespaceSelectors" "image" "podAntiAffinity" "podAntiAffinityTopologyKey" "prometheusExternalLabelNameClear"
  "remoteRead" "remoteWrite" "replicaExternalLabelNameClear" "scheme" "serviceAccountName" "storageSpec" "tlsConfig"
  "useExistingSecret" "version" }}
{{- range $key, $value := .spec }}
{{- $set := or $value (kindIs "bool" $value) (kindIs "int64" $value) (kindIs "float64" $value) }}
{{- if and $set (not (has $key $held)) (not (hasSuffix "NilUsesHelmValues" $key)) (not (hasSuffix "Selector" $key)) }}
{{ $key }}: {{ tpl (toYaml $value) $.context | nindent 2 }}
{{- end }}
{{- end }}
image: {{ include "kps.image" (dict "context" .context "image" .spec.image "tag" "") | trimSuffix ":" }}
imagePullPolicy: {{ .spec.image.pullPolicy }}
version: {{ .spec.version | default .spec.image.tag }}
serviceAccountName: {{ .account }}
{{- with .spec.storageSpec }}
storage: {{- tpl (toYaml .) $.context | nindent 2 }}
{{- end }}
{{- with include "kps.affinity" . | fromYaml }}
affinity: {{ toJson . }}
{{- end }}
{{- include "kps.pullSecrets" .context.Values.global.imagePullSecrets }}
{{- with .spec.additionalConfig }}
{{ tpl (toYaml .) $.context }}
{{- end }}
{{- with .spec.additionalConfigString }}
{{ tpl . $.context }}
{{- end }}
{{- end }}

{{- /* Where it is reached: as told, else by its first Ingress host, else by its Service. */}}
{{- define "kps.url" -}}
{{- $hosts := .values.ingress.hosts }}
{{- if .spec.externalUrl }}
{{- tpl .spec.externalUrl .context }}
{{- else if and .values.ingress.enabled $hosts }}
{{- and (eq .part "prometheus") (not (empty .values.ingress.tls)) | ternary "https"
  "http" }}://{{ tpl (first $hosts) .context }}{{ .spec.routePrefix }}
{{- else }}
{{- printf "http://%s-%s.%s:%v" (include "kps.fullname" .context) .part (include "kps.namespace" .context)
  .values.service.port }}
{{- end }}
{{- end }}

{{- /* Pods of the same kind apart, if that is wanted: softly or by all means. */}}
{{- define "kps.affinity" -}}
{{- $label := hasPrefix "prometheus" .part | ternary "app.kubernetes.io/instance" "alertmanager" }}
{{- $expressions := list (dict "key" "app.kubernetes.io/name" "operator" "In" "values" (list .part)) (dict "key"
  $label "operator" "In" "values" (list .name)) }}
{{- $term := dict "topologyKey" .spec.podAntiAffinityTopologyKey "labelSelector" (dict "matchExpressions"
  $expressions) }}
{{- $apart := dict }}
{{- if eq .spec.podAntiAffinity "hard" }}
{{- $apart = dict "podAntiAffinity" (dict "requiredDuringSchedulingIgnoredDuringExecution" (list $term)) }}
{{- else if eq .spec.podAntiAffinity "soft" }}
{{- $apart = dict "podAntiAffinity" (dict "preferredDuringSchedulingIgnoredDuringExecution" (list (dict "weight" 100
  "podAffinityTerm" $term))) }}
{{- end }}
{{- merge $apart (deepCopy (.spec.affinity | default dict)) | toYaml }}
{{- end }}

{{- /*
Which monitors and rules it takes: the given selector; else those of this release, unless `<kind>NilUsesHelmValues` is
false, and then all.
*/}}
{{- define "kps.selectors" -}}
{{- range $key := .selectors }}
{{- $given := get $.spec $key }}
{{- if $given }}
{{ $key }}: {{- tpl (toYaml $given) $.context | nindent 2 }}
{{- else if get $.spec (printf "%sNilUsesHelmValues" $key) }}
{{ $key }}: {matchLabels: {release: {{ $.context.Release.Name | quote }}}}
{{- else }}
{{ $key }}: {}
{{- end }}
{{- end }}
{{- end }}
