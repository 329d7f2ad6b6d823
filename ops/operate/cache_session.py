"""Says what the pod of a session at the cache is made of."""

from collections.abc import Sequence
from pathlib import Path

from components.config.services import DATABASE_USERS
from ops.objects import Object, part, parts, value
from ops.operate.session_pod import NOT_TO_BE_MOVED, SessionPod, hardened, template_of

SCRIPT = Path(__file__).with_suffix(".sh")
"""The script that opens the session in the pod."""
PORT = 6379
_SECRET = "openmarket-redis-credentials"  # noqa: S105
_KEYS = ("REDIS_HOST", "REDIS_AUTH_TOKEN")
_TEMPORARY = "tmp"


def user_of_cache(workloads: Sequence[Object]) -> Object | None:
    """Return a workload of a service that uses the cache; None if there is none."""
    return next((each for each in workloads if _secret(each)), None)


def cache_pod(image: str, workload: Object, policy: Object) -> SessionPod:
    """Return the pod of a session, by the workload of a service that uses the cache and its network policy.

    It has that service's hardening, nodes and Secret, and reaches the cache as it does. It has nothing of the service's
    permissions in AWS, nor its other Secrets. The image is that of the database's client: the one that the program pins
    has what the script needs, bash, findutils and openssl, and the authorities of its distribution
    (8.4/Dockerfile.oracle of https://github.com/docker-library/mysql).
    """
    template = template_of(workload)
    pod, container = part(template, "spec"), parts(template, "spec", "containers")[0]
    requests = {
        "cpu": DATABASE_USERS.cpu,
        "memory": DATABASE_USERS.memory,
        "ephemeral-storage": DATABASE_USERS.disk,
    }
    return SessionPod(
        name="connect-cache",
        namespace=workload["metadata"]["namespace"],
        spec=hardened(pod, [{"name": _TEMPORARY, "emptyDir": {}}]),
        container={
            "name": "cache",
            "image": image,
            "resources": {"requests": requests, "limits": requests},
            "securityContext": container["securityContext"],
            "volumeMounts": [{"name": _TEMPORARY, "mountPath": "/tmp"}],  # noqa: S108
        },
        annotations=NOT_TO_BE_MOVED,
        secret=_secret(workload),
        keys=_KEYS,
        egress=[rule for rule in parts(policy, "spec", "egress") if _to_cache(rule)][:1],
    )


def _secret(workload: Object) -> str:
    """Return the Secret with which the workload's pods reach the cache; its name carries the token's version."""
    containers = parts(template_of(workload), "spec", "containers")
    sources = [str(value(each, "secretRef", "name")) for own in containers for each in parts(own, "envFrom")]
    return next((each for each in sources if each.startswith(f"{_SECRET}-") or each == _SECRET), "")


def _to_cache(rule: Object) -> bool:
    """Return whether a rule is about the cache's port in networks. The program's own comes before those of `egress`."""
    ports = [each.get("port") for each in parts(rule, "ports")]
    return ports == [PORT] and all("ipBlock" in each for each in parts(rule, "to"))
