"""In a cluster where everything is as it shall be, the controllers ask the API server nothing."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from emulator.contract import ClusterFacts, Subnet
from emulator.kubernetes.addons import cloudwatch, ebs_csi, vpc_cni
from emulator.kubernetes.addons.addon import labels
from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import __main__ as controllers
from emulator.kubernetes.controllers import (
    certificates,
    cluster_autoscaler,
    external_metrics,
    external_secrets,
    keda,
    load_balancer_model,
    load_balancers,
    prometheus_operator,
)
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.nodes import NETWORK_ANNOTATION
from emulator.kubernetes.watched_api import KindKey
from tests.emulator.kubernetes.controllers.rounds_bench import Bench, thing
from tests.emulator.kubernetes.controllers.test_keda import REQUESTS

READY = {"phase": "Running", "conditions": [{"type": kind, "status": "True"} for kind in ("Ready", "ContainersReady")]}
OPTIONS = [
    *("--service-name=s", "--service-namespace=ns", "--secret-namespace=ns", "--secret-name=tls"),
    *("--cert-secret-name=tls", "--metrics-server-service-name=s"),
]


def made(kind: KindKey, name: str, marks: dict[str, Any] | None = None, namespace: str = "ns", **more: Any) -> Object:
    found = thing(kind, name, 1, **more)
    found["metadata"] |= {"namespace": namespace, "generation": 1, **(marks or {})}
    return found


def pod(label: str, namespace: str = "kube-system") -> Object:
    """A ready pod with these labels, with arguments as those that generate certificates."""
    marks = {"labels": mapping(label)}
    spec = {"nodeName": "n", "containers": [{"name": "c", "image": "x", "args": OPTIONS}]}
    return made(("v1", "Pod"), label, marks, namespace, spec=spec, status=READY)


def mapping(label: str) -> dict[str, str]:
    return {key: value for key, _, value in (pair.partition("=") for pair in label.split(","))}


def text(label: dict[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in label.items())


def settled() -> dict[KindKey, list[Object]]:
    """A cluster with every controller, whose work is done, by kind."""
    ingress = made(
        ("networking.k8s.io/v1", "Ingress"), "shop", status={"loadBalancer": {"ingress": [{"hostname": "h"}]}}
    )
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rule = {"http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    ingress["spec"] = {"ingressClassName": "alb", "rules": [rule]}
    binding = load_balancer_model.target_group_binding(ingress, "web", 80, "r", "1")
    binding["metadata"] |= {"resourceVersion": "1"}
    gate = load_balancer_model.gate(binding)
    web = pod("app=web", "ns")
    web["spec"]["readinessGates"] = [{"conditionType": gate}]
    web["status"] = {**READY, "conditions": [*READY["conditions"], {"type": gate, "status": "True"}]}
    data = dict.fromkeys(("ca.crt", "tls.crt", "tls.key"), "eA==")
    hook = {"name": "w", "clientConfig": {"caBundle": data["ca.crt"]}}
    trusting = {"labels": {"external-secrets.io/component": "webhook"}}
    valid = {"type": "Ready", "status": "True", "reason": "Valid", "message": "store validated"}
    store: dict[str, Any] = {
        "spec": {"provider": {"aws": {"service": "SecretsManager"}}},
        "status": {"conditions": [valid]},
    }
    synced = {"syncedResourceVersion": "1", "refreshTime": "2026-01-01T00:00:00Z", **READY}
    generation = {"annotations": {"emulator.openmarket/generation": "1"}}
    command = {"command": ["--node-group-auto-discovery=asg:tag=x"]}
    named = {"labels": mapping(cluster_autoscaler.LABELS)}
    autoscaler = {"template": {"spec": {"containers": [command]}}}
    role = {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/r"}}
    found: dict[KindKey, list[Object]] = {
        ("v1", "Node"): [made(("v1", "Node"), "n", {"annotations": {NETWORK_ANNOTATION: "ready"}, "labels": {}}, "")],
        ("v1", "Pod"): [
            web,
            pod(external_secrets.LABELS),
            pod(keda.LABELS),
            pod("app.kubernetes.io/name=external-secrets-cert-controller"),
            pod(load_balancers.LABELS),
            pod(cluster_autoscaler.LABELS),
            pod(prometheus_operator.LABELS),
            pod(text(labels(ebs_csi.CONTROLLER))),
            pod(text(labels(cloudwatch.AGENT)), cloudwatch.NAMESPACE),
            pod(f"k8s-app={vpc_cni.NAME}"),
            pod("k8s-app=kube-dns"),
        ],
        ("v1", "ServiceAccount"): [
            made(("v1", "ServiceAccount"), "default", role, space) for space in ("kube-system", cloudwatch.NAMESPACE)
        ],
        ("v1", "Service"): [made(("v1", "Service"), "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]})],
        ("v1", "Secret"): [made(("v1", "Secret"), "tls", {}, space, data=data) for space in ("ns", "kube-system")],
        ("v1", "PersistentVolumeClaim"): [
            made(("v1", "PersistentVolumeClaim"), "c", spec={"storageClassName": "gp3"}, status={"phase": "Bound"})
        ],
        ("v1", "PersistentVolume"): [made(("v1", "PersistentVolume"), "v", namespace="", status={"phase": "Bound"})],
        ("storage.k8s.io/v1", "StorageClass"): [
            made(("storage.k8s.io/v1", "StorageClass"), "gp3", namespace="", provisioner=ebs_csi.DRIVER)
        ],
        ("apps/v1", "Deployment"): [
            made(("apps/v1", "Deployment"), "a", named, "kube-system", spec=autoscaler),
            made(("apps/v1", "Deployment"), "web"),
        ],
        ("apps/v1", "DaemonSet"): [
            made(("apps/v1", "DaemonSet"), vpc_cni.NAME, namespace="kube-system"),
            made(("apps/v1", "DaemonSet"), cloudwatch.AGENT, namespace=cloudwatch.NAMESPACE),
        ],
        ("apps/v1", "StatefulSet"): [
            made(("apps/v1", "StatefulSet"), f"{kind}-o", generation) for kind in ("prometheus", "alertmanager")
        ],
        ("networking.k8s.io/v1", "Ingress"): [ingress],
        ("networking.k8s.io/v1", "IngressClass"): [
            made(("networking.k8s.io/v1", "IngressClass"), "alb", spec={"controller": load_balancer_model.CONTROLLER})
        ],
        ("elbv2.k8s.aws/v1beta1", "TargetGroupBinding"): [binding],
        (external_secrets.VERSION, "ExternalSecret"): [
            made((external_secrets.VERSION, "ExternalSecret"), "e", spec={"refreshInterval": "0"}, status=synced)
        ],
    }
    scaled, hpa = scaling()
    found[keda.API_VERSION, "ScaledObject"], found[hpa["apiVersion"], hpa["kind"]] = [scaled], [hpa]
    found[keda.API_VERSION, "ClusterTriggerAuthentication"] = [authentication()]
    found["apiregistration.k8s.io/v1", "APIService"] = [
        made(("apiregistration.k8s.io/v1", "APIService"), keda.API_SERVICE, {}, "", spec={"caBundle": data["ca.crt"]})
    ]
    for kind in certificates.KINDS:
        found[certificates.ADMISSION, kind] = [made((certificates.ADMISSION, kind), "w", trusting, "", webhooks=[hook])]
    for kind in ("ClusterSecretStore", "SecretStore"):
        found[external_secrets.VERSION, kind] = [made((external_secrets.VERSION, kind), "s", **store)]
    for kind in ("Prometheus", "Alertmanager"):
        found[prometheus_operator.API_VERSION, kind] = [made((prometheus_operator.API_VERSION, kind), "o")]
    return found


def authentication() -> Object:
    spec = {"podIdentity": {"provider": "aws"}}
    marks = {"finalizers": [keda.FINALIZER]}
    return made((keda.API_VERSION, "ClusterTriggerAuthentication"), "aws", marks, "", spec=spec)


def scaling() -> tuple[Object, Object]:
    """A ScaledObject that is ready, and its autoscaler."""
    triggers: list[Object] = [{"type": "cpu", "metadata": {"value": "70"}}, REQUESTS]
    spec = {"scaleTargetRef": {"name": "web"}, "triggers": triggers, "minReplicaCount": 2, "maxReplicaCount": 4}
    marks = {"finalizers": [keda.FINALIZER]}
    scaled = made((keda.API_VERSION, "ScaledObject"), "web", marks, spec=spec)
    reading = cast(Context, SimpleNamespace(api=SimpleNamespace(get=lambda *_, **__: authentication())))
    asked = [external_metrics.metric(reading, index, each, "web") for index, each in enumerate(triggers)]
    hpa = keda.autoscaler(scaled, asked)
    ready = {"type": "Ready", **dict(zip(("status", "reason", "message"), keda.READY, strict=True))}
    shown = keda.status(hpa, triggers)
    scaled["status"] = {**shown, "conditions": [ready]}
    hpa["metadata"] |= {"resourceVersion": "1", "uid": "h"}
    return scaled, hpa


ALLOWING = {
    name: lambda *_: True for name in ("trusts", "allows", "has_route_out", "has_certificate", "admits", "is_balanced")
}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """All steps before the settled cluster, whose roles may do everything, after their first run."""
    made = Bench(monkeypatch, list(controllers.WATCHED), *controllers.steps())
    made.aws.update(
        ALLOWING,
        cluster=lambda _: ClusterFacts("r", "1", "vpc", "sg"),
        subnets=lambda _: [Subnet(f"subnet-{zone}", zone, {"kubernetes.io/role/internal-elb": "1"}) for zone in "ab"],
        ensure_log_groups=lambda _: None,
        metric=lambda *_: None,
    )
    for kind, found in settled().items():
        made.change(kind, *found)
    assert made.rounds.round() == len(controllers.steps())
    return made


def test_no_request_while_nothing_changes(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    rounds = 0
    # Five minutes, in which only the resync runs the steps.
    for _ in range(1500):
        bench.now += 0.2
        rounds += bench.rounds.round()
    assert bench.requests == []
    assert rounds <= 10 * len(controllers.steps())
    assert caplog.messages == []


# ConfigMaps are for pods that start, and are no step's.
@pytest.mark.parametrize("kind", sorted(set(controllers.WATCHED) - {("v1", "ConfigMap")}))
def test_a_change_of_any_kind_runs_a_step(bench: Bench, kind: KindKey) -> None:
    assert bench.rounds.round() == 0
    first, *others = settled()[kind]
    first["metadata"]["resourceVersion"] = "2"
    bench.change(kind, first, *others)
    assert bench.rounds.round() >= 1
