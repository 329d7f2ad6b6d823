"""Waiting for the database before anything that needs it starts."""

import pulumi
import pulumi_kubernetes as kubernetes

from components.config.services import PLACEHOLDER_IMAGE, WAIT_FOR_DATABASE
from components.workloads.hardening import container_security, guaranteed

HOST, PORT = "DB_HOST", "DB_PORT"
_ATTEMPTS = 60
"""Each takes 2 seconds at most, and 2 more until the next: 2 to 4 minutes in all. A paused Aurora resumes in about 15
seconds, and a new node's agents need less than a minute."""
_SCRIPT = f"""\
attempts=0
until /agnhost connect --timeout=2s "${HOST}:${PORT}"; do
  attempts=$((attempts + 1))
  if [ "$attempts" -ge {_ATTEMPTS} ]; then
    echo "${HOST}:${PORT} accepts no connection" >&2
    exit 1
  fi
  sleep 2
done
"""


def wait_for_database(secret_name: pulumi.Input[str]) -> kubernetes.core.v1.ContainerArgs:
    """An init container that ends once the database of the Secret (keys DB_HOST, DB_PORT) accepts connections.

    The network policy agent sets a pod's rules once the pod has started: connections before that may fail. `connect`
    tries once (test/images/agnhost/connect of Kubernetes v1.36.3).
    """
    return kubernetes.core.v1.ContainerArgs(
        name="wait-for-database",
        image=PLACEHOLDER_IMAGE,
        command=["sh", "-c", _SCRIPT],
        # Where, but not the password.
        env=[_from_secret(secret_name, key) for key in (HOST, PORT)],
        resources=guaranteed(WAIT_FOR_DATABASE),
        security_context=container_security(),
    )


def _from_secret(secret_name: pulumi.Input[str], key: str) -> kubernetes.core.v1.EnvVarArgs:
    return kubernetes.core.v1.EnvVarArgs(
        name=key,
        value_from=kubernetes.core.v1.EnvVarSourceArgs(
            secret_key_ref=kubernetes.core.v1.SecretKeySelectorArgs(name=secret_name, key=key)
        ),
    )
