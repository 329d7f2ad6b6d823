{{- /* Rules by role, smaller than the official ones. `reads` are what all three look at to find a target's pods. */}}
{{- define "vpa.target-reader" -}}
- {apiGroups: ["*"], resources: ["*/scale"], verbs: [get, watch]}
- {apiGroups: [""], resources: [replicationcontrollers], verbs: [get, list, watch]}
- {apiGroups: [apps], resources: [daemonsets, deployments, replicasets, statefulsets], verbs: [get, list, watch]}
- {apiGroups: [batch], resources: [jobs, cronjobs], verbs: [get, list, watch]}
{{- end }}
{{- define "vpa.actor" -}}
- {apiGroups: [""], resources: [pods, nodes, limitranges], verbs: [get, list, watch]}
- {apiGroups: ["", events.k8s.io], resources: [events], verbs: [create, get, list, watch, patch, update]}
- {apiGroups: [poc.autoscaling.k8s.io, autoscaling.k8s.io], resources: [verticalpodautoscalers], verbs: [get, list, watch]}
{{- end }}
{{- define "vpa.metrics-reader" -}}
- {apiGroups: [metrics.k8s.io], resources: [pods], verbs: [get, list]}
{{- with .Values.rbac.extraRules }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- define "vpa.status-actor" -}}
- {apiGroups: [autoscaling.k8s.io], resources: [verticalpodautoscalers/status], verbs: [get, patch]}
{{- end }}
{{- define "vpa.checkpoint-actor" -}}
- apiGroups: [poc.autoscaling.k8s.io, autoscaling.k8s.io]
  resources: [verticalpodautoscalercheckpoints]
  verbs: [get, list, watch, create, patch, delete]
- {apiGroups: [""], resources: [namespaces], verbs: [get, list]}
{{- end }}
{{- define "vpa.in-place" -}}
- {apiGroups: [""], resources: [pods, pods/resize], verbs: [patch]}
{{- end }}
{{- define "vpa.evictioner" -}}
- {apiGroups: [apps, extensions], resources: [replicasets], verbs: [get]}
- {apiGroups: [""], resources: [pods/eviction], verbs: [create]}
{{- end }}
{{- define "vpa.status-reader" -}}
- {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, list, watch]}
{{- end }}
{{- define "vpa.admission" -}}
{{ include "vpa.target-reader" . }}
- {apiGroups: [""], resources: [pods, configmaps, nodes, limitranges], verbs: [get, list, watch]}
- {apiGroups: [autoscaling.k8s.io], resources: [verticalpodautoscalers], verbs: [get, list, watch]}
- {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create, update, get, list, watch]}
{{- if .Values.admissionController.registerWebhook }}
- apiGroups: [admissionregistration.k8s.io]
  resources: [mutatingwebhookconfigurations]
  verbs: [list, get, create, patch, delete]
{{- end }}
{{- end }}
