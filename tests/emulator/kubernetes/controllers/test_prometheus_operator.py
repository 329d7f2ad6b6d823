"""The Prometheus operator: what follows from its custom resources."""

from typing import Any

from emulator.kubernetes.controllers.prometheus_operator import API_VERSION, stateful_set


def custom(**specification: Any) -> dict[str, Any]:
    metadata = {"name": "kube-prometheus-stack-prometheus", "namespace": "monitoring", "uid": "u", "generation": 3}
    spec = {"replicas": 1, "serviceAccountName": "kube-prometheus-stack-prometheus", **specification}
    return {"apiVersion": API_VERSION, "kind": "Prometheus", "metadata": metadata, "spec": spec}


def test_storage_becomes_a_claim_that_goes_as_the_policy_says() -> None:
    claim = {"spec": {"storageClassName": "gp3", "resources": {"requests": {"storage": "20Gi"}}}}
    policy = {"whenDeleted": "Delete", "whenScaled": "Retain"}
    made = stateful_set(
        custom(storage={"volumeClaimTemplate": claim}, persistentVolumeClaimRetentionPolicy=policy, replicas=2)
    )
    assert made["metadata"]["name"] == "prometheus-kube-prometheus-stack-prometheus"
    assert made["metadata"]["ownerReferences"][0]["uid"] == "u"
    assert made["spec"]["volumeClaimTemplates"][0]["spec"] == claim["spec"]
    assert made["spec"]["persistentVolumeClaimRetentionPolicy"] == policy
    assert made["spec"]["replicas"] == 2
    assert "volumes" not in made["spec"]["template"]["spec"]


def test_without_storage_the_data_is_lost_with_the_pod() -> None:
    made = stateful_set(custom())
    assert made["spec"]["volumeClaimTemplates"] == []
    assert made["spec"]["template"]["spec"]["volumes"][0]["emptyDir"] == {}
