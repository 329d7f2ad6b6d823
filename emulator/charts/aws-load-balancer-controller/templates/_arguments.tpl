{{- /* The controller's arguments besides the cluster's name: `flag=value` says which value a flag takes. */}}
{{- define "lbc.arguments" -}}
{{- $values := merge (dict
  "region" (tpl (.Values.region | default "") .)
  "vpcId" (tpl (.Values.vpcId | default "") .)
  "defaultTargetType" (ternary "" .Values.defaultTargetType (eq .Values.defaultTargetType "instance"))
  "featureGates" .Values.controllerConfig.featureGates
  "allowedCertificateAuthorityARNs" .Values.certDiscovery.allowedCertificateAuthorityARNs
  "defaultPCAARN" .Values.certManagement.defaultPCAARN
) (omit .Values "region" "vpcId" "defaultTargetType") }}
{{- include "lbc.flags" (dict "values" $values "flags" (list
  "ingress-class=ingressClass" "aws-region=region" "aws-vpc-id=vpcId" "aws-api-endpoints=awsApiEndpoints"
  "aws-api-throttle=awsApiThrottle" "aws-max-retries=awsMaxRetries"
  "enable-pod-readiness-gate-inject=enablePodReadinessGateInject" "enable-shield=enableShield" "enable-waf=enableWaf"
  "enable-wafv2=enableWafv2" "metrics-bind-addr=metricsBindAddr"
  "ingress-max-concurrent-reconciles=ingressMaxConcurrentReconciles"
  "service-max-concurrent-reconciles=serviceMaxConcurrentReconciles"
  "targetgroupbinding-max-concurrent-reconciles=targetgroupbindingMaxConcurrentReconciles"
  "targetgroupbinding-max-exponential-backoff-delay=targetgroupbindingMaxExponentialBackoffDelay"
  "targetgroupbinding-requeue-duration=targetgroupbindingRequeueDuration"
  "alb-gateway-max-concurrent-reconciles=albGatewayMaxConcurrentReconciles"
  "nlb-gateway-max-concurrent-reconciles=nlbGatewayMaxConcurrentReconciles"
  "globalaccelerator-max-concurrent-reconciles=globalAcceleratorMaxConcurrentReconciles"
  "globalaccelerator-max-exponential-backoff-delay=globalAcceleratorMaxExponentialBackoffDelay"
  "lb-stabilization-monitor-interval=lbStabilizationMonitorInterval" "log-level=logLevel"
  "webhook-bind-port=webhookBindPort" "sync-period=syncPeriod" "watch-namespace=watchNamespace"
  "disable-ingress-class-annotation=disableIngressClassAnnotation"
  "disable-ingress-group-name-annotation=disableIngressGroupNameAnnotation"
  "tolerate-non-existent-backend-service=tolerateNonExistentBackendService"
  "tolerate-non-existent-backend-action=tolerateNonExistentBackendAction" "default-ssl-policy=defaultSSLPolicy"
  "external-managed-tags=externalManagedTags" "default-tags=defaultTags" "enable-endpoint-slices=enableEndpointSlices"
  "enable-backend-security-group=enableBackendSecurityGroup"
  "enable-manage-backend-security-group-rules=enableManageBackendSecurityGroupRules"
  "backend-security-group=backendSecurityGroup" "disable-restricted-sg-rules=disableRestrictedSecurityGroupRules"
  "feature-gates=featureGates" "default-target-type=defaultTargetType"
  "default-load-balancer-scheme=defaultLoadBalancerScheme"
  "service-target-eni-security-group-tags=serviceTargetENISGTags"
  "allowed-certificate-authority-arns=allowedCertificateAuthorityARNs" "load-balancer-class=loadBalancerClass"
  "aws-vpc-tags=vpcTags" "max-targets-per-target-group=maxTargetsPerTargetGroup" "default-pca-arn=defaultPCAARN"
)) | trim }}
{{- end }}
