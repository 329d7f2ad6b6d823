"""Versions that the program pins, each with where it was read."""

KUBERNETES_VERSIONS = ("1.35", "1.36", "1.37")
"""Minors in EKS standard support. 1.34 leaves it on 2026-12-02 (https://endoflife.date/amazon-eks, read 2026-08-22)."""

AWS_LOAD_BALANCER_CONTROLLER_CHART = "3.5.0"
"""https://github.com/aws/eks-charts, stable/aws-load-balancer-controller/Chart.yaml at 52396092 (2026-08-03)."""

EXTERNAL_SECRETS_CHART = "2.9.0"
"""https://github.com/external-secrets/external-secrets, deploy/charts/external-secrets/Chart.yaml (2026-08-08); for
Kubernetes 1.36 by its stability table."""

CLUSTER_AUTOSCALER_CHART = "9.59.0"
"""https://github.com/kubernetes/autoscaler, cluster-autoscaler/charts/cluster-autoscaler/Chart.yaml (2026-07-21)."""

CLUSTER_AUTOSCALER_IMAGES = {"1.35": "v1.35.2", "1.36": "v1.36.1"}
"""By Kubernetes minor: the newest tags of https://github.com/kubernetes/autoscaler (2026-07-22), none of them for 1.37
yet."""

KUBE_PROMETHEUS_STACK_CHART = "88.5.3"
"""Operator v0.93.1: https://github.com/prometheus-community/helm-charts, charts/kube-prometheus-stack/Chart.yaml at
cf408a29 (2026-08-22)."""

VERTICAL_POD_AUTOSCALER_CHART = "0.11.0"
"""Recommender 1.7.1: https://github.com/kubernetes/autoscaler, vertical-pod-autoscaler/charts/vertical-pod-autoscaler/
Chart.yaml at 55c37cd5 (2026-08-22)."""

PLACEHOLDER_IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.63.0"
"""Kubernetes' own test server, for amd64 and arm64: test/utils/image/manifest.go and test/images/agnhost/BASEIMAGE of
Kubernetes v1.36.3. Its `serve-hostname` answers every path with the pod's name, as any user, and writes nothing."""

DATABASE_CLIENT_IMAGE = "public.ecr.aws/docker/library/mysql:8.4.11"
"""The Docker official image, for amd64 and arm64 (https://github.com/docker-library/official-images, library/mysql at
fdc070e9), from Amazon ECR Public, which copies these and asks no rate limit of AWS. 8.4 is the long-term series whose
client still speaks Aurora MySQL 3's default authentication, mysql_native_password."""

AURORA_MYSQL = "8.0.mysql_aurora.3.12.0"
"""MySQL 8.0.44, released 2026-02-17 (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/, read
2026-11-23). A newer 3.x is an upgrade in place."""

AURORA_MYSQL_FAMILY = "aurora-mysql8.0"
"""Of the parameter groups of every Aurora MySQL 3, by the same notes."""

CACHE_ENGINES = {"valkey": ("8.2", "8.1", "8.0", "7.2"), "redis": ("7.1",)}
"""Versions by engine, the default first (https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html,
read 2026-11-23). 7.1 is the last one of Redis OSS."""
