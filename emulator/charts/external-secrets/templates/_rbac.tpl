{{- /* Rules of the roles, smaller than the official ones: by resource and with what the program does to it. */}}
{{- define "eso.controllerRules" -}}
- {apiGroups: [external-secrets.io], resources: ["*"], verbs: [get, list, watch, create, update, patch, delete]}
- {apiGroups: [generators.external-secrets.io], resources: ["*"], verbs: [get, list, watch]}
- apiGroups: [generators.external-secrets.io]
  resources: [generatorstates]
  verbs: [create, update, patch, delete, deletecollection]
- {apiGroups: [""], resources: [serviceaccounts, namespaces, configmaps], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [namespaces], verbs: [update, patch]}
- {apiGroups: [""], resources: [secrets], verbs: [get, list, watch, create, update, delete, patch]}
{{- if .Values.rbac.serviceAccountTokenCreate }}
- {apiGroups: [""], resources: [serviceaccounts/token], verbs: [create]}
{{- end }}
- {apiGroups: [""], resources: [events], verbs: [create, patch]}
{{- with .Values.genericTargets }}
{{- if .enabled }}
{{- range .resources }}
- {apiGroups: [{{ .apiGroup | quote }}], resources: {{ toJson .resources }}, verbs: {{ toJson .verbs }}}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "eso.certificateRules" -}}
- {apiGroups: [apiextensions.k8s.io], resources: [customresourcedefinitions], verbs: [get, list, watch]}
- apiGroups: [apiextensions.k8s.io]
  resources: [customresourcedefinitions]
  resourceNames:
    - externalsecrets.external-secrets.io
    - secretstores.external-secrets.io
    - clustersecretstores.external-secrets.io
  verbs: [update, patch]
- {apiGroups: [admissionregistration.k8s.io], resources: [validatingwebhookconfigurations], verbs: [list, watch, get]}
- apiGroups: [admissionregistration.k8s.io]
  resources: [validatingwebhookconfigurations]
  resourceNames: [secretstore-validate, externalsecret-validate]
  verbs: [update, patch]
- {apiGroups: [""], resources: [endpoints, secrets], verbs: [get, list, watch]}
- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [events], verbs: [create, patch]}
- {apiGroups: [""], resources: [secrets], resourceNames: [{{ include "eso.fullname" . }}-webhook], verbs: [update, patch]}
- {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, create, update, patch]}
{{- end }}

{{- define "eso.leaseRules" -}}
- apiGroups: [""]
  resources: [configmaps]
  resourceNames: [{{ .Values.leaderElectionID | default "external-secrets-controller" }}]
  verbs: [get, update, patch]
- {apiGroups: [""], resources: [configmaps], verbs: [create]}
- {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, create, update, patch]}
{{- end }}
