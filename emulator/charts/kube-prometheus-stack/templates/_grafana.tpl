{{- /* Environment variables of the administrator's name and password, by the names given, from the Secret that has
  them. */}}
{{- define "kps.administrator" -}}
{{- $secret := .values.admin.existingSecret | default (include "kps.partName" .) }}
- {name: {{ .user }}, valueFrom: {secretKeyRef: {name: {{ $secret }}, key: {{ .values.admin.userKey }}}}}
- {name: {{ .password }}, valueFrom: {secretKeyRef: {name: {{ $secret }}, key: {{ .values.admin.passwordKey }}}}}
{{- end }}

{{- /* The two sidecars: they write what labelled ConfigMaps say into files, and tell Grafana. */}}
{{- define "kps.sidecars" -}}
{{- $sidecar := .values.sidecar }}
{{- $folders := dict "dashboards" $sidecar.dashboards.folder "datasources" "/etc/grafana/provisioning/datasources" }}
{{- range $what := list "dashboards" "datasources" }}
{{- $own := get $sidecar $what }}
{{- $name := eq $what "dashboards" | ternary "dashboard" $what }}
{{- if $own.enabled }}
- name: grafana-sc-{{ $name }}
  image: {{ include "kps.image" (dict "context" $.context "image" $sidecar.image "tag" "") }}
  imagePullPolicy: {{ $sidecar.imagePullPolicy }}
  env:
    - {name: METHOD, value: {{ $own.watchMethod | default "WATCH" }}}
    - {name: LABEL, value: {{ $own.label | quote }}}
    {{- with $own.labelValue }}
    - {name: LABEL_VALUE, value: {{ . | quote }}}
    {{- end }}
    - {name: FOLDER, value: {{ get $folders $what }}}
    - {name: RESOURCE, value: {{ $own.resource | quote }}}
    {{- with $own.searchNamespace }}
    - {name: NAMESPACE, value: {{ kindIs "slice" . | ternary (join "," .) . }}}
    {{- end }}
    {{- include "kps.administrator" (merge (dict "user" "REQ_USERNAME" "password" "REQ_PASSWORD") $) | nindent 4 }}
    - {name: REQ_URL, value: "http://localhost:3000/api/admin/provisioning/{{ $what }}/reload"}
    - {name: REQ_METHOD, value: POST}
  {{- with $own.resources | default $sidecar.resources }}
  resources: {{ toJson . }}
  {{- end }}
  {{- with $own.securityContext | default $sidecar.securityContext }}
  securityContext: {{ toJson . }}
  {{- end }}
  volumeMounts:
    - {name: sc-{{ $name }}-volume, mountPath: {{ get $folders $what }}}
{{- end }}
{{- end }}
{{- end }}

{{- define "kps.grafanaEnvironment" -}}
- {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
{{- if not (hasKey .values.env "GF_SECURITY_ADMIN_PASSWORD") }}
{{- include "kps.administrator" (merge (dict "user" "GF_SECURITY_ADMIN_USER" "password"
  "GF_SECURITY_ADMIN_PASSWORD") .) }}
{{- end }}
{{- $paths := (get .values "grafana.ini").paths | default dict }}
{{- range $key := list "data" "logs" "plugins" "provisioning" }}
- {name: GF_PATHS_{{ upper $key }}, value: {{ get $paths $key | quote }}}
{{- end }}
{{- with ((get .values "grafana.ini").unified_storage | default dict).index_path }}
- {name: GF_UNIFIED_STORAGE_INDEX_PATH, value: {{ . }}}
{{- end }}
{{- if (.values.resources.limits | default dict).memory }}
- {name: GOMEMLIMIT, valueFrom: {resourceFieldRef: {divisor: "1", resource: limits.memory}}}
{{- end }}
{{- range $key, $value := .values.envValueFrom }}
- {name: {{ $key }}, valueFrom: {{ toJson $value }}}
{{- end }}
{{- range $key, $value := .values.env }}
- {name: {{ $key }}, value: {{ tpl (toString $value) $.context | quote }}}
{{- end }}
{{- end }}

{{- define "kps.grafanaVolumes" -}}
{{- $name := include "kps.partName" . }}
{{- $storage := .values.persistence }}
- {name: config, configMap: {name: {{ $name }}}}
{{- if and $storage.enabled (eq $storage.type "pvc") }}
- {name: storage, persistentVolumeClaim: {claimName: {{ $storage.existingClaim | default $name }}}}
{{- else }}
- {name: storage, emptyDir: {}}
{{- end }}
- {name: search, emptyDir: {}}
{{- if .values.sidecar.dashboards.enabled }}
- {name: sc-dashboard-volume, emptyDir: {}}
- {name: sc-dashboard-provider, configMap: {name: {{ $name }}-config-dashboards}}
{{- end }}
{{- if .values.sidecar.datasources.enabled }}
- {name: sc-datasources-volume, emptyDir: {}}
{{- end }}
{{- with .values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
