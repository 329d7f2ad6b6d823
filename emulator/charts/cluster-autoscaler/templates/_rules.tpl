{{- /* What the autoscaler may do, smaller than the official rules. */}}
{{- define "ca.rulesClusterRole" -}}
- apiGroups: [""]
  resources: [configmaps, namespaces, nodes, persistentvolumeclaims, persistentvolumes, pods, podtemplates, replicationcontrollers, services]
  verbs: [get, list, watch]
- {apiGroups: [""], resources: [nodes, pods/status], verbs: [update]}
- {apiGroups: [""], resources: [pods/eviction], verbs: [create]}
- {apiGroups: [""], resources: [podtemplates], verbs: [create, update, patch]}
- {apiGroups: [""], resources: [events, endpoints], verbs: [create, patch]}
- {apiGroups: [""], resources: [endpoints], resourceNames: [cluster-autoscaler], verbs: [get, update]}
- {apiGroups: [apps, batch, extensions, policy, resource.k8s.io, storage.k8s.io], resources: ["*"], verbs: [get, list, watch]}
- {apiGroups: [batch, extensions], resources: [jobs], verbs: [patch]}
- {apiGroups: [autoscaling.x-k8s.io], resources: ["*"], verbs: [get, list, watch, update, patch]}
{{ include "ca.leaseRules" . }}
{{- end }}

{{- define "ca.rulesRole" -}}
{{- $priorities := include "ca.priorities" . }}
- apiGroups: [""]
  resources: [configmaps]
  verbs: [create{{ if $priorities }}, list, watch{{ end }}]
- apiGroups: [""]
  resources: [configmaps]
  resourceNames: [cluster-autoscaler-status{{ if $priorities }}, cluster-autoscaler-priority-expander{{ end }}]
  verbs: [delete, get, update{{ if $priorities }}, watch{{ end }}]
{{- if not .Values.rbac.clusterScoped }}
{{ include "ca.leaseRules" . }}
{{- end }}
{{- end }}

{{- define "ca.leaseRules" -}}
- {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [create]}
- {apiGroups: [coordination.k8s.io], resources: [leases], resourceNames: [cluster-autoscaler], verbs: [get, update]}
{{- end }}
