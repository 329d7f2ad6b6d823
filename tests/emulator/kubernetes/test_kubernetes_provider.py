"""Check and diff of the kubernetes provider, without a cluster."""

from typing import Any

import pytest

from emulator.kubernetes import replacement
from emulator.kubernetes.provider import ClusterUnreachable, KubernetesProvider
from emulator.plugins.provider import Call, ProviderError, Resource
from emulator.plugins.values import UNKNOWN

KUBECONFIG: dict[str, Any] = {
    "current-context": "c",
    "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1", "certificate-authority-data": ""}}],
    "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    "users": [{"name": "u", "user": {"token": "t"}}],
}


def resource(token: str, inputs: dict[str, Any] | None = None) -> Resource:
    return Resource(f"urn:pulumi:dev::shop::{token}::web", token, "web", "ns/web", inputs or {})


def check(token: str, inputs: dict[str, Any], old: dict[str, Any] | None = None) -> dict[str, Any]:
    filled, failures = KubernetesProvider().check(resource(token, old), inputs, b"seed")
    assert failures == []
    return dict(filled)


def test_names_are_generated_and_kept() -> None:
    token = "kubernetes:core/v1:ConfigMap"
    first = check(token, {"data": {"a": "b"}})
    assert first["metadata"]["name"].startswith("web-")
    assert len(first["metadata"]["name"]) == len("web-") + 8
    again = check(token, {"data": {"a": "c"}}, first)
    assert again["metadata"] == first["metadata"]
    assert first["apiVersion"] == "v1"
    assert first["kind"] == "ConfigMap"


@pytest.mark.parametrize(
    ("token", "namespace"),
    [
        ("kubernetes:apps/v1:Deployment", "default"),
        ("kubernetes:networking.k8s.io/v1:Ingress", "default"),
        ("kubernetes:core/v1:Namespace", None),
        ("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", None),
        ("kubernetes:storage.k8s.io/v1:StorageClass", None),
    ],
)
def test_namespace(token: str, namespace: str | None) -> None:
    assert check(token, {"metadata": {"name": "web"}})["metadata"].get("namespace") == namespace


def changed(token: str, old: dict[str, Any], new: dict[str, Any]) -> tuple[set[str], bool]:
    metadata = {"metadata": {"name": "web", "namespace": "ns"}}
    before, after = (check(token, {**metadata, **inputs}) for inputs in (old, new))
    diff = KubernetesProvider().diff(resource(token, before), after)
    assert diff.paths
    return set(diff.replaces), diff.delete_before_replace


@pytest.mark.parametrize(
    ("token", "old", "new", "replaces"),
    [
        ("kubernetes:apps/v1:Deployment", {"spec": {"replicas": 1}}, {"spec": {"replicas": 2}}, False),
        (
            "kubernetes:apps/v1:Deployment",
            {"spec": {"selector": {"matchLabels": {"a": "b"}}}},
            {"spec": {"selector": {"matchLabels": {"a": "c"}}}},
            True,
        ),
        ("kubernetes:apps/v1:StatefulSet", {"spec": {"serviceName": "a"}}, {"spec": {"serviceName": "b"}}, True),
        ("kubernetes:core/v1:ConfigMap", {"data": {"a.b": "1"}}, {"data": {"a.b": "2"}}, True),
        ("kubernetes:core/v1:Secret", {"stringData": {"a": "1"}}, {"stringData": {"a": "2"}}, True),
        ("kubernetes:core/v1:Service", {"spec": {"type": "A"}}, {"spec": {"type": "B"}}, False),
        ("kubernetes:batch/v1:Job", {"spec": {"template": {}}}, {"spec": {"template": {"a": "b"}}}, True),
        ("kubernetes:policy/v1:PodDisruptionBudget", {"spec": {"a": 1}}, {"spec": {"a": 2}}, False),
        ("kubernetes:core/v1:ConfigMap", {"immutable": False}, {"immutable": True}, False),
    ],
)
def test_what_replaces(token: str, old: dict[str, Any], new: dict[str, Any], replaces: bool) -> None:
    paths, delete_first = changed(token, old, new)
    assert bool(paths) is replaces
    assert delete_first is replaces


def test_another_name_is_created_first() -> None:
    old = check("kubernetes:core/v1:ConfigMap", {"metadata": {"name": "a"}})
    new = check("kubernetes:core/v1:ConfigMap", {"metadata": {"name": "b"}})
    diff = KubernetesProvider().diff(resource("kubernetes:core/v1:ConfigMap", old), new)
    assert diff.replaces == {"metadata.name"}
    assert not diff.delete_before_replace


def test_generated_name_is_created_first() -> None:
    old = check("kubernetes:core/v1:ConfigMap", {"data": {"a": "1"}})
    diff = KubernetesProvider().diff(resource("kubernetes:core/v1:ConfigMap", old), {**old, "data": {"a": "2"}})
    assert diff.replaces == {"data.a"}
    assert not diff.delete_before_replace


class OneJob:
    """A cluster whose only Job ended with this condition."""

    def __init__(self, condition: str) -> None:
        self._job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {}, "spec": {}}
        self._job["status"] = {"conditions": [{"type": condition, "status": "True"}]}

    def get(self, *_: str) -> dict[str, Any]:
        """The Job."""
        return self._job


@pytest.mark.parametrize(
    ("condition", "annotation", "replaced"),
    [("Failed", "true", True), ("Failed", "false", False), ("Complete", "true", False)],
)
def test_a_job_that_failed_is_replaced_if_it_asks_for_it(
    monkeypatch: pytest.MonkeyPatch, condition: str, annotation: str, replaced: bool
) -> None:
    monkeypatch.setattr("emulator.kubernetes.connection.connect", lambda *_: OneJob(condition))
    provider = KubernetesProvider()
    provider.configure({"kubeconfig": KUBECONFIG})
    token = "kubernetes:batch/v1:Job"
    annotations = {"pulumi.com/replaceUnready": annotation}
    inputs = check(token, {"metadata": {"name": "web", "annotations": annotations}})
    diff = provider.diff(resource(token, inputs), inputs)
    assert bool(diff.replaces) is bool(diff.paths) is diff.delete_before_replace is replaced


def test_configuration_is_checked() -> None:
    provider = KubernetesProvider()
    assert provider.check_config({"kubeconfig": KUBECONFIG, "clusterIdentifier": "dev"}) == []
    assert provider.check_config({"kubeconfig": UNKNOWN}) == []
    wrong = {"kubeconfig": {**KUBECONFIG, "current-context": "x"}, "nonsense": 1, "enableServerSideApply": False}
    assert {failure.property for failure in provider.check_config(wrong)} == set(wrong)
    assert [failure.property for failure in provider.check_config({})] == ["kubeconfig"]


def test_an_unknown_kubeconfig_replaces_only_without_identifier() -> None:
    provider = KubernetesProvider()
    named = {"clusterIdentifier": "dev"}
    assert not provider.diff_config({"kubeconfig": KUBECONFIG, **named}, {"kubeconfig": UNKNOWN, **named}).replaces
    assert provider.diff_config({"kubeconfig": KUBECONFIG}, {"kubeconfig": UNKNOWN}).replaces
    assert provider.diff_config(
        {"kubeconfig": KUBECONFIG, **named}, {"kubeconfig": KUBECONFIG, "clusterIdentifier": "x"}
    ).replaces


def test_a_real_cluster_is_refused() -> None:
    real = {**KUBECONFIG, "clusters": [{"name": "c", "cluster": {"server": "https://x.eks.amazonaws.com"}}]}
    with pytest.raises(ProviderError, match="no cluster of the emulator"):
        KubernetesProvider().configure({"kubeconfig": real})


def test_preview_before_the_cluster_exists_contacts_nothing() -> None:
    provider = KubernetesProvider()
    provider.configure({"kubeconfig": UNKNOWN})
    inputs = check("kubernetes:core/v1:ConfigMap", {"metadata": {"name": "web"}})
    assert provider.create(resource("kubernetes:core/v1:ConfigMap"), inputs, Call(preview=True)) == ("", inputs)
    with pytest.raises(ClusterUnreachable):
        provider.create(resource("kubernetes:core/v1:ConfigMap"), inputs, Call())


@pytest.mark.parametrize(
    "token", ["kubernetes:helm.sh/v4:Chart", "kubernetes:yaml:ConfigFile", "kubernetes:core/v1:ConfigMapPatch"]
)
def test_unknown_types_are_errors(token: str) -> None:
    with pytest.raises(ProviderError, match="does not know"):
        KubernetesProvider().check(resource(token), {}, b"seed")


@pytest.mark.parametrize(
    ("metadata", "asks"),
    [
        ({"annotations": {"pulumi.com/replaceUnready": "true"}}, True),
        ({"annotations": {}}, False),
        ({"annotations": UNKNOWN}, False),
        (UNKNOWN, False),
    ],
)
def test_a_job_asks_to_be_replaced_unless_done(metadata: Any, asks: bool) -> None:
    assert replacement.asks_for_done({"kind": "Job", "metadata": metadata}) is asks
    assert not replacement.asks_for_done({"kind": "Deployment", "metadata": metadata})
