"""The shop's namespace."""

from tests.components.program import Deployed


def test_the_namespace_is_restricted_and_injects_readiness_gates(dev: Deployed) -> None:
    metadata = dev.one("core/v1:Namespace").inputs["metadata"]
    assert metadata["name"] == "openmarket-dev"
    assert metadata["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert metadata["labels"]["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"
