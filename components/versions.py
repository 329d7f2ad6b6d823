"""Versions that the program pins, each with where it was read."""

KUBERNETES_VERSIONS = ("1.35", "1.36", "1.37")
"""Minors in EKS standard support. 1.34 leaves it on 2026-12-02 (https://endoflife.date/amazon-eks, read 2026-08-22)."""

AWS_LOAD_BALANCER_CONTROLLER_CHART = "3.5.0"
"""https://github.com/aws/eks-charts, stable/aws-load-balancer-controller/Chart.yaml at 52396092 (2026-08-03)."""

PLACEHOLDER_IMAGE = "registry.k8s.io/e2e-test-images/agnhost:2.63.0"
"""Kubernetes' own test server, for amd64 and arm64: test/utils/image/manifest.go and test/images/agnhost/BASEIMAGE of
Kubernetes v1.36.3. Its `serve-hostname` answers every path with the pod's name, as any user, and writes nothing."""
