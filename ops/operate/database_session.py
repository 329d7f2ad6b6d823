"""Makes the objects of a session at the database: a Job with one pod, and the network policy of that pod."""

import secrets
from pathlib import Path

from ops.objects import Object, name_of, part, parts, value

SCRIPT = Path(__file__).with_suffix(".sh")
"""The script that opens the session in the pod."""
CONTAINER = "mysql"
JOB_LABEL = "batch.kubernetes.io/job-name"
"""The label that Kubernetes itself gives to the pods of a Job."""
_LABELS = {"app.kubernetes.io/name": "connect-database", "app.kubernetes.io/part-of": "openmarket"}
_SERVICES_USER = "APPLICATION_"
"""What the Job of the database's users calls the variables of the services' user (`database_users.py`)."""
_FOLDER, _VOLUME = "/credentials", "credentials"
_KEYS = ("DB_HOST", "DB_READER_HOST", "DB_PORT", "DB_NAME", "DB_USERNAME", "DB_PASSWORD")
_READABLE = 0o444
"""The mode of the mounted files, which belong to root; nobody else is in the pod."""


def secret_of(users: Object) -> str:
    """Return the name of the Secret of the services' user, by the Job that makes the database's users; empty if none.

    The Secret is that of an ExternalSecret, and its name carries the version of the password.
    """
    sources = parts(_container(users), "envFrom")
    found = (value(each, "secretRef", "name") for each in sources if each.get("prefix") == _SERVICES_USER)
    return str(next(found, "") or "")


def image_of(users: Object) -> str:
    """Return the image with the client of the database."""
    return str(_container(users)["image"])


def session_job(users: Object, minutes: int) -> Object:
    """Return a Job whose pod waits for a session, by the Job that makes the database's users.

    The pod has that Job's image, hardening and service account, which may do nothing. It has no environment; what the
    session needs is in files. The Job ends after these minutes and then deletes itself, whatever became of the command.
    """
    pod, container = part(users, "spec", "template", "spec"), _container(users)
    kept = ("image", "imagePullPolicy", "resources", "securityContext")
    own: Object = {
        **{key: container[key] for key in kept if key in container},
        "name": CONTAINER,
        # The deadline comes first.
        "command": ["sleep", str(2 * minutes * 60)],
        "volumeMounts": [
            *parts(container, "volumeMounts"),
            {"name": _VOLUME, "mountPath": _FOLDER, "readOnly": True},
        ],
    }
    files = [{"key": key, "path": key} for key in _KEYS]
    volume = {"name": _VOLUME, "secret": {"secretName": secret_of(users), "defaultMode": _READABLE, "items": files}}
    spec = {key: each for key, each in pod.items() if key != "initContainers"} | {
        "containers": [own],
        "volumes": [*parts(pod, "volumes"), volume],
        "restartPolicy": "Never",
        # Nothing in it has to come to an end.
        "terminationGracePeriodSeconds": 1,
    }
    metadata = part(users, "metadata")
    annotations = part(users, "spec", "template", "metadata", "annotations")
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"connect-database-{secrets.token_hex(4)}",
            "namespace": metadata["namespace"],
            "labels": _LABELS,
        },
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": minutes * 60,
            "ttlSecondsAfterFinished": 0,
            "template": {"metadata": {"labels": _LABELS, "annotations": annotations}, "spec": spec},
        },
    }


def session_policy(users_policy: Object, job: Object) -> Object:
    """Return the network policy of the Job's pod: it reaches what the Job of the database's users does, the database.

    It belongs to the Job, and goes with it.
    """
    name = name_of(job)
    owner = {"apiVersion": "batch/v1", "kind": "Job", "name": name, "uid": job["metadata"]["uid"]}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": name,
            "namespace": job["metadata"]["namespace"],
            "labels": _LABELS,
            "ownerReferences": [owner],
        },
        "spec": {
            "podSelector": {"matchLabels": {JOB_LABEL: name}},
            "policyTypes": ["Ingress", "Egress"],
            "egress": parts(users_policy, "spec", "egress"),
        },
    }


def _container(users: Object) -> Object:
    return parts(users, "spec", "template", "spec", "containers")[0]
