"""Makes the objects of a session: a Job with one pod, and the network policy of that pod."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ops.objects import Object, name_of, parts

JOB_LABEL = "batch.kubernetes.io/job-name"
"""The label that Kubernetes itself gives to the pods of a Job."""
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
        container: Its container's name, image, resources, hardening and mounts.
        annotations: Those of the pod.
        secret: The Secret that it has as files, by its name.
        keys: Those of the Secret's keys that it has.
        egress: The rules of what it reaches besides DNS.
    """

    name: str
    namespace: str
    spec: Object
    container: Object
    annotations: Mapping[str, str]
    secret: str
    keys: Sequence[str]
    egress: Sequence[Object]


def session_job(pod: SessionPod, minutes: int) -> Object:
    """Return a Job whose pod waits for a session.

    The pod has no environment; what the session needs is in files. The Job ends after these minutes and then deletes
    itself, whatever became of the command.
    """
    own: Object = {
        **pod.container,
        # The deadline comes first.
        "command": ["sleep", str(2 * minutes * 60)],
        "volumeMounts": [
            *parts(pod.container, "volumeMounts"),
            {"name": _VOLUME, "mountPath": _FOLDER, "readOnly": True},
        ],
    }
    files = [{"key": key, "path": key} for key in pod.keys]
    volume = {"name": _VOLUME, "secret": {"secretName": pod.secret, "defaultMode": _READABLE, "items": files}}
    spec: Object = {
        **pod.spec,
        "containers": [own],
        "volumes": [*parts(pod.spec, "volumes"), volume],
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


def session_policy(pod: SessionPod, job: Object) -> Object:
    """Return the network policy of the pod of the Job, as it was created. It belongs to the Job, and goes with it."""
    name = name_of(job)
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": name, "uid": job["metadata"]["uid"]}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": name,
            "namespace": pod.namespace,
            "labels": _labels(pod),
            "ownerReferences": [owner],
        },
        "spec": {
            "podSelector": {"matchLabels": {JOB_LABEL: name}},
            "policyTypes": ["Ingress", "Egress"],
            "egress": list(pod.egress),
        },
    }


def _labels(pod: SessionPod) -> Object:
    return {"app.kubernetes.io/name": pod.name, "app.kubernetes.io/part-of": "openmarket"}
