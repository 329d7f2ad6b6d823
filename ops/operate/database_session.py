"""Says what the pod of a session at the database is made of."""

from pathlib import Path

from ops.objects import Object, part, parts, value
from ops.operate.session_pod import SessionPod

SCRIPT = Path(__file__).with_suffix(".sh")
"""The script that opens the session in the pod."""
_SERVICES_USER = "APPLICATION_"
"""What the Job of the database's users calls the variables of the services' user (`database_users.py`)."""
_KEYS = ("DB_HOST", "DB_READER_HOST", "DB_PORT", "DB_NAME", "DB_USERNAME", "DB_PASSWORD")


def secret_of(users: Object) -> str:
    """Return the name of the Secret of the services' user, by the Job that makes the database's users; empty if none.

    The Secret is that of an ExternalSecret, and its name carries the version of the password.
    """
    sources = parts(_container(users), "envFrom")
    found = (value(each, "secretRef", "name") for each in sources if each.get("prefix") == _SERVICES_USER)
    return str(next(found, "") or "")


def database_pod(users: Object, policy: Object) -> SessionPod:
    """Return the pod of a session, by the Job that makes the database's users and its network policy.

    It has that Job's image, hardening and service account, which may do nothing, and reaches what the Job does.
    """
    pod, container = part(users, "spec", "template", "spec"), _container(users)
    kept = ("image", "imagePullPolicy", "resources", "securityContext", "volumeMounts")
    return SessionPod(
        name="connect-database",
        namespace=users["metadata"]["namespace"],
        spec={key: each for key, each in pod.items() if key != "initContainers"},
        container={**{key: container[key] for key in kept if key in container}, "name": "mysql"},
        annotations=part(users, "spec", "template", "metadata", "annotations"),
        secret=secret_of(users),
        keys=_KEYS,
        egress=parts(policy, "spec", "egress"),
    )


def _container(users: Object) -> Object:
    return parts(users, "spec", "template", "spec", "containers")[0]
