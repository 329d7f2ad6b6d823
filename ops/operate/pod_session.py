"""Says what the pod of a session at a service's place is made of."""

from ops.objects import Object, part, parts, value
from ops.operate.session_pod import NOT_TO_BE_MOVED, SessionPod, hardened, template_of

SCRIPT = """[ -t 0 ] || exec sh
PS1="$1> " sh
exit 0
"""
"""The script that opens the shell. What comes by a pipe decides on the exit code, what people type does not."""
_KEPT = ("image", "imagePullPolicy", "resources", "securityContext")


def service_pod(workload: Object, policy: Object, as_service: bool) -> SessionPod:
    """Return the pod of a session, by the service's workload and its network policy.

    It has the image, resources, hardening, nodes, empty directories and ways out of the service's own container, and
    of its environment what is in no Secret. As the service, it also has its Secrets and its service account, and so its
    permissions in AWS. It never has the service's volume, which may be in use.
    """
    spec = part(template_of(workload), "spec")
    container = parts(spec, "containers")[0]
    volumes = [each for each in parts(spec, "volumes") if "emptyDir" in each]
    names = {each["name"] for each in volumes}
    account = {"serviceAccountName": spec["serviceAccountName"]} if as_service else {}
    return SessionPod(
        name="connect-pod",
        namespace=workload["metadata"]["namespace"],
        spec={**hardened(spec, volumes), **account},
        container={
            **{key: container[key] for key in _KEPT if key in container},
            "name": "shell",
            "env": [
                each for each in parts(container, "env") if as_service or not value(each, "valueFrom", "secretKeyRef")
            ],
            "envFrom": [each for each in parts(container, "envFrom") if as_service or "secretRef" not in each],
            "volumeMounts": [each for each in parts(container, "volumeMounts") if each["name"] in names],
        },
        annotations=NOT_TO_BE_MOVED,
        egress=parts(policy, "spec", "egress"),
    )
