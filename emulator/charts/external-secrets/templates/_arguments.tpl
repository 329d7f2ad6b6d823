{{- /* Arguments of the three programs. */}}
{{- define "eso.arguments" -}}
{{- $v := .context.Values }}
{{- $full := include "eso.fullname" .context }}
{{- $namespace := include "eso.namespace" .context }}
{{- if eq .part "" }}
{{- include "eso.operatorArguments" .context }}
{{- else if eq .part "-webhook" }}
- webhook
- --port={{ .values.port }}
- --dns-name={{ $full }}-webhook.{{ $namespace }}.svc
- --cert-dir={{ .values.certDir }}
- --check-interval={{ .values.certCheckInterval }}
{{- with .values.lookaheadInterval }}
- --lookahead-interval={{ . }}
{{- end }}
{{- else }}
- certcontroller
- --crd-requeue-interval={{ .values.requeueInterval }}
- --service-name={{ $full }}-webhook
- --service-namespace={{ $namespace }}
- --secret-name={{ $full }}-webhook
- --secret-namespace={{ $namespace }}
{{- if not $v.crds.createClusterSecretStore }}
- --crd-names=externalsecrets.external-secrets.io
- --crd-names=secretstores.external-secrets.io
{{- end }}
{{- if .values.enablePartialCache }}
- --enable-partial-cache=true
{{- end }}
{{- if $v.leaderElect }}
- --enable-leader-election=true
{{- end }}
{{- end }}
- --metrics-addr=:{{ .values.metrics.listen.port }}
{{- if .part }}
- --healthz-addr={{ .values.readinessProbe.address }}:{{ .values.readinessProbe.port }}
{{- end }}
- --loglevel={{ .values.log.level }}
- --zap-time-encoding={{ .values.log.timeEncoding }}
{{- if $v.enableHTTP2 }}
- --enable-http2=true
{{- end }}
{{- range $key, $value := .values.extraArgs }}
- --{{ $key }}{{ with $value }}={{ . }}{{ end }}
{{- end }}
{{- with .values.metrics.listen.secure }}
{{- if .enabled }}
- --metrics-secure=true
- --metrics-cert-dir={{ .certDir }}
- --metrics-cert-name={{ .certFile }}
- --metrics-key-name={{ .keyFile }}
{{- end }}
{{- end }}
{{- if .values.metrics.listen.auth.enabled }}
- --metrics-auth=true
{{- end }}
{{- end }}

{{- define "eso.operatorArguments" -}}
{{- $v := .Values }}
{{- if and (not $v.processPushSecret) $v.processClusterPushSecret }}
{{- fail "processClusterPushSecret needs processPushSecret: ClusterPushSecrets are processed as PushSecrets." }}
{{- end }}
{{- if $v.leaderElect }}
- --enable-leader-election=true
{{- end }}
{{- $flags := dict
  "concurrent" "concurrent"
  "controller-class" "controllerClass"
  "enable-extended-metric-labels" "extendedMetricLabels"
  "leader-election-id" "leaderElectionID"
  "leader-election-lease-duration" "leaderElectionLeaseDuration"
  "leader-election-renew-deadline" "leaderElectionRenewDeadline"
  "leader-election-retry-period" "leaderElectionRetryPeriod"
  "store-requeue-interval" "storeRequeueInterval" }}
{{- range $flag, $key := $flags }}
{{- with get $v $key }}
- --{{ $flag }}={{ . }}
{{- end }}
{{- end }}
{{- if or $v.scopedNamespace $v.scopedRBAC }}
- --namespace={{ $v.scopedNamespace | default .Release.Namespace }}
{{- end }}
{{- range $flag, $on := dict "cluster-store" $v.processClusterStore "cluster-external-secret"
  $v.processClusterExternalSecret "cluster-push-secret" $v.processClusterPushSecret "push-secret"
  $v.processPushSecret "secret-store" $v.processSecretStore }}
{{- if or (not $on) (and $v.scopedRBAC (hasPrefix "cluster-" $flag)) }}
- --enable-{{ $flag }}-reconciler=false
{{- end }}
{{- end }}
{{- if $v.vault.enableTokenCache }}
- --enable-vault-token-cache=true
- --vault-token-cache-size={{ int $v.vault.tokenCacheSize }}
{{- end }}
{{- if $v.genericTargets.enabled }}
- --unsafe-allow-generic-targets=true
{{- end }}
{{- with .Values.livenessProbe.spec }}
{{- if or $v.livenessProbe.enabled $v.readinessProbe.enabled }}
- --live-addr={{ .address }}:{{ include "eso.livePort" $ }}
{{- end }}
{{- end }}
{{- end }}

{{- /* The port that the operator's probes ask: by number, also where they say its name. */}}
{{- define "eso.livePort" -}}
{{- with .Values.livenessProbe.spec }}{{ ternary .port .httpGet.port (kindIs "string" .httpGet.port) }}{{ end }}
{{- end }}
