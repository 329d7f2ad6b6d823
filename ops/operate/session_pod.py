"""Makes the objects of a session: a Job with one pod, and the network policies for that pod."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ops.objects import Object, name_of, part, parts, value

JOB_LABEL = "batch.kubernetes.io/job-name"
"""The label that Kubernetes itself gives to the pods of a Job."""
WORKLOADS = ("deployments.apps", "cronjobs.batch")
"""Kinds of the services' workloads; a task is a CronJob too."""
NOT_TO_BE_MOVED = {"cluster-autoscaler.kubernetes.io/safe-to-evict": "false"}
"""Annotations of a pod that the autoscaler must not interrupt to save a node."""
_KEPT = ("securityContext", "nodeSelector", "tolerations")
_FOLDER, _VOLUME = "/credentials", "credentials"
_READABLE = 0o444
"""The mode of the mounted files, which belong to root; nobody else is in the pod."""


@dataclass(frozen=True)
class SessionPod:
    """What a session's pod is made of.

    Attributes:
        name: The beginning of the Job's name, such as connect-database.
        namespace: Where it runs.
        spec: The pod's hardened spec, without containers.
        container: Its container's name, image, resources, hardening, mounts and environment.
        annotations: Those of the pod.
        egress: The rules of what it reaches besides DNS.
        secret: The Secret that it has as files, by its name; empty for none.
        keys: Those of the Secret's keys that it has.
    """

    name: str
    namespace: str
    spec: Object
    container: Object
    annotations: Mapping[str, str]
    egress: Sequence[Object]
    secret: str = ""
    keys: Sequence[str] = ()


def newest(workloads: Sequence[Object]) -> Object | None:
    """Return the workload that was created last; None if there is none."""
    return max(workloads, key=lambda each: str(value(each, "metadata", "creationTimestamp")), default=None)


def template_of(workload: Object) -> Object:
    """Return the template of the pods of a Deployment or CronJob."""
    job = part(workload, "spec", "jobTemplate")
    return part(job or workload, "spec", "template")


def hardened(pod: Object, volumes: Sequence[Object]) -> Object:
    """Return the spec of a pod with the hardening and the nodes of a service's pod, and none of its permissions."""
    return {
        **{key: pod[key] for key in _KEPT if key in pod},
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "volumes": list(volumes),
    }


def session_job(pod: SessionPod, minutes: int) -> Object:
    """Return a Job whose pod waits for a session.

    The Job ends after these minutes and then deletes itself, whatever became of the command.
    """
    files = [{"key": key, "path": key} for key in pod.keys]
    volume = {"name": _VOLUME, "secret": {"secretName": pod.secret, "defaultMode": _READABLE, "items": files}}
    mount = {"name": _VOLUME, "mountPath": _FOLDER, "readOnly": True}
    own: Object = {
        **pod.container,
        # The deadline comes first.
        "command": ["sleep", str(2 * minutes * 60)],
        "volumeMounts": [*parts(pod.container, "volumeMounts"), *([mount] if pod.secret else [])],
    }
    spec: Object = {
        **pod.spec,
        "containers": [own],
        "volumes": [*parts(pod.spec, "volumes"), *([volume] if pod.secret else [])],
        "restartPolicy": "Never",
        # Nothing in it has to come to an end.
        "terminationGracePeriodSeconds": 1,
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"{pod.name}-{secrets.token_hex(4)}",
            "namespace": pod.namespace,
            "labels": _labels(pod),
        },
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": minutes * 60,
            "ttlSecondsAfterFinished": 0,
            "template": {"metadata": {"labels": _labels(pod), "annotations": dict(pod.annotations)}, "spec": spec},
        },
    }


def session_policies(pod: SessionPod, job: Object) -> list[Object]:
    """Return the network policies for the pod of the Job, as it was created. They belong to the Job, and go with it.

    The first is the pod's own, with its ways out and none in. Pods of the shop admit their callers by name, so a
    further one lets the pod in at each way to some of them.
    """
    selector = {"matchLabels": {JOB_LABEL: name_of(job)}}
    own = {"podSelector": selector, "policyTypes": ["Ingress", "Egress"], "egress": list(pod.egress)}
    called = [
        {
            "podSelector": peer["podSelector"],
            "policyTypes": ["Ingress"],
            "ingress": [{"from": [{"podSelector": selector}], "ports": parts(rule, "ports")}],
        }
        for rule in pod.egress
        for peer in parts(rule, "to")
        if "podSelector" in peer and "namespaceSelector" not in peer
    ]
    return [_policy(pod, job, number, spec) for number, spec in enumerate([own, *called])]


def _policy(pod: SessionPod, job: Object, number: int, spec: Object) -> Object:
    name = name_of(job)
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": name, "uid": job["metadata"]["uid"]}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": f"{name}-{number}" if number else name,
            "namespace": pod.namespace,
            "labels": _labels(pod),
            "ownerReferences": [owner],
        },
        "spec": spec,
    }


def _labels(pod: SessionPod) -> Object:
    return {"app.kubernetes.io/name": pod.name, "app.kubernetes.io/part-of": "openmarket"}
