"""What pods ask of a node, in the units of the scheduler."""

from typing import NamedTuple

_MEMORY = {"Ki": 2**-10, "Mi": 1, "Gi": 2**10}


class Requests(NamedTuple):
    """CPU and memory of a container, as Kubernetes writes them."""

    cpu: str
    memory: str


class Demand(NamedTuple):
    """Millicores and MiB that one pod takes of a node."""

    cpu: int
    memory: int


LOAD_BALANCER_CONTROLLER = Requests("50m", "128Mi")
EXTERNAL_SECRETS = Requests("25m", "64Mi")
EXTERNAL_SECRETS_WEBHOOK = Requests("10m", "48Mi")
EXTERNAL_SECRETS_CERTIFICATES = Requests("10m", "64Mi")
CLUSTER_AUTOSCALER = Requests("50m", "256Mi")
WAIT_FOR_DATABASE = Requests("50m", "64Mi")
DATABASE_USERS = Requests("100m", "128Mi")
PROMETHEUS = Requests("200m", "1Gi")
PROMETHEUS_OPERATOR = Requests("50m", "128Mi")
ALERTMANAGER = Requests("10m", "64Mi")
CONFIG_RELOADER = Requests("10m", "50Mi")
GRAFANA = Requests("50m", "192Mi")
GRAFANA_SIDECAR = Requests("10m", "96Mi")
KUBE_STATE_METRICS = Requests("10m", "64Mi")
NODE_EXPORTER = Requests("10m", "32Mi")
VPA_RECOMMENDER = Requests("50m", "256Mi")


def demand(*containers: Requests) -> Demand:
    """What a pod of these containers takes."""
    return Demand(sum(millicores(each.cpu) for each in containers), sum(mebibytes(each.memory) for each in containers))


def in_turn(*containers: Requests) -> Demand:
    """What a pod takes whose containers run one after another: of each resource, the most that one of them asks for."""
    each = [demand(container) for container in containers]
    return Demand(max(pod.cpu for pod in each), max(pod.memory for pod in each))


def millicores(cpu: str) -> int:
    """`250m` or `1.5`, rounded up."""
    thousandths = float(cpu.removesuffix("m")) * (1 if cpu.endswith("m") else 1000)
    return -int(-thousandths // 1)


def mebibytes(memory: str) -> int:
    """`512Mi` or `1Gi`, rounded up; `0` is nothing."""
    return -int(-float(memory[:-2] or 0) * _MEMORY.get(memory[-2:], 0) // 1)
