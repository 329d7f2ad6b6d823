{{- /* The operator's arguments: what its sidecars ask for, which namespaces it looks at, and how it serves. */}}
{{- define "kps.operatorArguments" -}}
{{- with .Values.prometheusOperator }}
{{- $reloader := .prometheusConfigReloader }}
{{- $requests := ($reloader.resources | default dict).requests | default dict }}
{{- $limits := ($reloader.resources | default dict).limits | default dict }}
{{- with .kubeletService }}
{{- if .enabled }}
- --kubelet-service={{ .namespace }}/{{ .name | default (printf "%s-kubelet" (include "kps.fullname" $)) }}
{{- with .selector }}
- --kubelet-selector={{ . }}
{{- end }}
{{- end }}
{{- end }}
- --kubelet-endpoints={{ .kubeletEndpointsEnabled }}
- --kubelet-endpointslice={{ .kubeletEndpointSliceEnabled }}
{{- $flags := dict
  "alertmanager-config-namespaces" "alertmanagerConfigNamespaces"
  "alertmanager-instance-namespaces" "alertmanagerInstanceNamespaces"
  "alertmanager-instance-selector" "alertmanagerInstanceSelector"
  "cluster-domain" "clusterDomain"
  "deny-namespaces" "denyNamespaces"
  "log-format" "logFormat"
  "log-level" "logLevel"
  "prometheus-instance-namespaces" "prometheusInstanceNamespaces"
  "prometheus-instance-selector" "prometheusInstanceSelector"
  "secret-field-selector" "secretFieldSelector"
  "thanos-ruler-instance-namespaces" "thanosRulerInstanceNamespaces"
  "thanos-ruler-instance-selector" "thanosRulerInstanceSelector" }}
{{- range $flag, $key := $flags }}
{{- with get $.Values.prometheusOperator $key }}
- --{{ $flag }}={{ tpl (kindIs "slice" . | ternary (join "," .) (toString .)) $ }}
{{- end }}
{{- end }}
{{- with .namespaces }}
{{- $own := .releaseNamespace | ternary (list (include "kps.namespace" $)) list }}
- --namespaces={{ concat $own (.additional | default list) | uniq | join "," }}
{{- end }}
{{- with .featureGates }}
{{- $gates := list }}
{{- range $gate, $on := . }}{{ $gates = append $gates (printf "%s=%v" $gate $on) }}{{ end }}
- --feature-gates={{ join "," $gates }}
{{- end }}
- --localhost=127.0.0.1
- --prometheus-config-reloader={{ include "kps.image" (dict "context" $ "image" $reloader.image "tag"
    $.Chart.AppVersion) }}
- --config-reloader-cpu-request={{ $requests.cpu | default 0 }}
- --config-reloader-cpu-limit={{ $limits.cpu | default 0 }}
- --config-reloader-memory-request={{ $requests.memory | default 0 }}
- --config-reloader-memory-limit={{ $limits.memory | default 0 }}
{{- if $reloader.enableProbe }}
- --enable-config-reloader-probes=true
{{- end }}
- --thanos-default-base-image={{ include "kps.image" (dict "context" $ "image" .thanosImage "tag" "") }}
- --web.enable-tls={{ .tls.enabled }}
- --web.listen-address=:{{ .tls.enabled | ternary .tls.internalPort 8080 }}
{{- if .tls.enabled }}
- --web.cert-file={{ .admissionWebhooks.certManager.enabled | ternary "/cert/tls.crt" "/cert/cert" }}
- --web.key-file={{ .admissionWebhooks.certManager.enabled | ternary "/cert/tls.key" "/cert/key" }}
- --web.tls-min-version={{ .tls.tlsMinVersion }}
{{- end }}
{{- with .extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- end }}
