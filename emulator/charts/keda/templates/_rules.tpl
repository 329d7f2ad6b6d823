{{- /* The operator's rules, smaller than the official ones. */}}
{{- define "keda.operator-rules" -}}
- apiGroups: [""]
  resources: [configmaps, configmaps/status, limitranges, pods, services, serviceaccounts]
  verbs: [get, list, watch]
- {apiGroups: ["", events.k8s.io], resources: [events], verbs: [create, patch]}
- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [get, list, watch]}
{{- if not .Values.permissions.operator.restrict.secret }}
- {apiGroups: [""], resources: [secrets], verbs: [list, watch]}
{{- end }}
{{- if .Values.rbac.enabledCustomScaledRefKinds }}
{{- range .Values.rbac.scaledRefKinds }}
- {apiGroups: [{{ quote .apiGroup }}], resources: ["{{ .kind }}/scale"], verbs: [get, list, patch, update, watch]}
- {apiGroups: [{{ quote .apiGroup }}], resources: [{{ quote .kind }}], verbs: [get]}
{{- end }}
{{- end }}
- {apiGroups: [apps], resources: [deployments/scale, statefulsets/scale], verbs: [get, list, patch, update, watch]}
- {apiGroups: [apps], resources: [deployments, replicasets, statefulsets], verbs: [get, list, watch]}
- apiGroups: [autoscaling, batch]
  resources: [horizontalpodautoscalers, jobs]
  verbs: [create, delete, get, list, patch, update, watch]
- apiGroups: [eventing.keda.sh, keda.sh]
  resources: ["*"]
  verbs: [get, list, patch, update, watch]
{{- end }}
{{- define "keda.minimal-rules" -}}
- apiGroups: [keda.sh]
  resources: [clustertriggerauthentications, clustertriggerauthentications/status]
  verbs: [get, list, patch, update, watch]
- apiGroups: [admissionregistration.k8s.io, apiregistration.k8s.io]
  resources: [validatingwebhookconfigurations, apiservices]
  verbs: [get, list, patch, update, watch]
{{- end }}
