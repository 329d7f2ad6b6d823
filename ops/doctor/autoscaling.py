"""Autoscalers that cannot see, or have reached their maximum."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from ops.doctor.commands import Commands
from ops.doctor.finding import Finding, Harm, Ref, Words
from ops.doctor.nodes import unschedulable
from ops.doctor.objects import ref_of
from ops.doctor.quantities import number
from ops.doctor.secrets import roles
from ops.doctor.snapshot import Snapshot
from ops.objects import Object, condition, part, parts

_PATIENCE = 60.0
"""Seconds without metrics that are nothing unusual: after its start, metrics-server has none for so long."""
_RESOURCES = ("cpu", "memory")
METRICS = Ref("Deployment", "kube-system", "metrics-server")
OPERATOR = Ref("Deployment", "kube-system", "keda-operator")
EXTERNAL_METRICS = Ref("Deployment", "kube-system", "keda-operator-metrics-apiserver")


@dataclass(frozen=True)
class AtMaximum:
    """An autoscaler wants more pods than it may have: `wanted`, by a metric that is over its target.

    `cpu` and `memory` are in percent of the requests, others in what they count per pod.
    """

    service: str
    most: int
    metric: str
    current: int
    target: int
    wanted: int

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"{self.service} is at its maximum of {self.most} pods"
        if self.metric in _RESOURCES:
            seen = f"Its {self.metric} is at {self.current} % of the requests, for a target of {self.target} %"
        else:
            seen = f"Each pod has {self.current} {self.metric}, for a target of {self.target}"
        why = (f"{seen}: that is {self.wanted} pods.",)
        first = f"Raise `openmarket:services.{self.service}.maxReplicas` in {commands.file} to {self.wanted} or more"
        return Words(what, why, commands.make("up"), first)


@dataclass(frozen=True)
class Blind:
    """An autoscaler has no metrics, and leaves the number of pods as it is."""

    service: str
    namespace: str
    message: str
    source: Ref

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"The autoscaler of {self.service} has no metrics, and does nothing"
        logs = commands.kubectl(f"-n {self.source.namespace} get pods -l app.kubernetes.io/name={self.source.name}")
        return Words(what, (self.message,), logs)


@dataclass(frozen=True)
class Unanswered:
    """KEDA cannot read a metric: by what it reads, the autoscaler adds pods, and it takes none away."""

    service: str
    namespace: str
    message: str

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"The autoscaler of {self.service} does not see all of its metrics, and takes no pod away"
        return Words(
            what, (self.message,), commands.kubectl(f"-n {self.namespace} describe scaledobject {self.service}")
        )


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield a finding for each autoscaler that cannot do its work."""
    for scaled in snapshot.of_kind("ScaledObject"):
        ref, ready = ref_of(scaled), condition(scaled, "Ready")
        if ready.get("status", "True") != "True":
            said = snapshot.warning(ref, "KEDAScalerFailed") or str(ready.get("message", ""))
            service = Ref("Deployment", ref.namespace, ref.name)
            yield Finding(
                Harm.DEGRADED, Unanswered(ref.name, ref.namespace, said), ref, (OPERATOR, *roles(said), service)
            )
    for hpa in snapshot.of_kind("HorizontalPodAutoscaler"):
        ref = ref_of(hpa)
        service = str(hpa["spec"]["scaleTargetRef"]["name"])
        active = condition(hpa, "ScalingActive")
        if active.get("status") == "False" and active.get("reason") != "ScalingDisabled":
            if snapshot.since(active.get("lastTransitionTime")) >= _PATIENCE:
                source = EXTERNAL_METRICS if active.get("reason") == "FailedGetExternalMetric" else METRICS
                cause = Blind(service, ref.namespace, str(active.get("message", "")), source)
                behind = (Ref(kind, ref.namespace, service) for kind in ("ScaledObject", "Deployment"))
                yield Finding(Harm.DEGRADED, cause, ref, (source, *behind))
        elif condition(hpa, "ScalingLimited").get("reason") == "TooManyReplicas" and (over := _over(hpa)):
            workload = Ref("Deployment", ref.namespace, service)
            waiting = any(unschedulable(pod) for pod in snapshot.pods_of(workload))
            groups = tuple(Ref("NodeGroup", "", name) for name in snapshot.node_groups) if waiting else ()
            yield Finding(Harm.DEGRADED, AtMaximum(service, int(hpa["spec"]["maxReplicas"]), *over), ref, groups)


def _over(hpa: Object) -> tuple[str, int, int, int] | None:
    """Return the metric that is furthest over its target: name, value, target, and the pods that it calls for."""
    targets = dict(_value(each, "target") for each in parts(hpa, "spec", "metrics"))
    found: list[tuple[int, str, int, int]] = []
    for each in parts(hpa, "status", "currentMetrics"):
        name, used = _value(each, "current")
        if target := targets.get(name):
            wanted = ceil(int(hpa["status"].get("currentReplicas", 0)) * used / target)
            found.append((wanted, _counted(name), round(used), round(target)))
    most = max(found, default=None)
    if most is None or most[0] <= int(hpa["spec"]["maxReplicas"]):
        return None
    wanted, name, used, target = most
    return name, used, target, wanted


def _value(metric: Object, kind: str) -> tuple[str, float]:
    """Return a metric's name, and its value per pod: the current one or the target, as `kind` says."""
    if metric.get("type") == "Resource":
        resource = part(metric, "resource")
        return str(resource.get("name")), float(part(resource, kind).get("averageUtilization") or 0)
    external = part(metric, "external")
    return str(part(external, "metric").get("name")), number(part(external, kind).get("averageValue"))


def _counted(metric: str) -> str:
    """Return what a metric counts; KEDA names its metrics by the trigger's place and type."""
    if metric in _RESOURCES:
        return metric
    return "requests a minute" if metric.endswith("aws-cloudwatch") else "messages" if "aws-sqs-" in metric else metric
