"""The programs that make up one control plane, and how each is started."""

import sys
from dataclasses import dataclass
from pathlib import Path

from emulator.kubernetes import access, egress
from emulator.toolchain import binary

STAGES = Path(__file__).parent / "stages"
POD_CIDR = "100.64.0.0/16"

_REMEMBERED = "3s"
"""How long the API server takes an answer of EKS for granted."""


@dataclass(frozen=True)
class Ports:
    """Loopback ports. The API server's is part of the cluster's endpoint, so it never changes."""

    etcd: int
    etcd_peer: int
    apiserver: int


def etcd(folder: Path, ports: Ports) -> list[str]:
    """etcd without fsync: a crash of the machine may lose the last writes, which a rehearsal can afford."""
    client, peer = f"http://127.0.0.1:{ports.etcd}", f"http://127.0.0.1:{ports.etcd_peer}"
    return [
        str(binary("etcd")), f"--data-dir={folder / 'etcd'}", "--unsafe-no-fsync",
        f"--listen-client-urls={client}", f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=default={peer}",
        "--auto-compaction-mode=revision", "--auto-compaction-retention=10000", "--log-level=warn",
    ]  # fmt: skip


def apiserver(folder: Path, ports: Ports, service_cidr: str) -> list[str]:
    """The API server on loopback with a certificate it signs itself; RBAC and Pod Security are on, as on EKS.

    Who has neither its own token nor a service account's is whom EKS says, and may what RBAC or EKS allows: both are
    asked again after a few seconds, as access entries change.
    """
    key = folder / "service-account.key"
    authenticator = egress.write_access_configuration(folder, access.AUTHENTICATE)
    authorizer = egress.write_access_configuration(folder, access.AUTHORIZE)
    return [
        str(binary("kube-apiserver")), f"--etcd-servers=http://127.0.0.1:{ports.etcd}",
        "--bind-address=127.0.0.1", f"--secure-port={ports.apiserver}", f"--cert-dir={folder / 'certificates'}",
        f"--token-auth-file={folder / 'tokens.csv'}", "--authorization-mode=RBAC,Webhook", "--allow-privileged=true",
        f"--service-account-key-file={key}", f"--service-account-signing-key-file={key}",
        "--service-account-issuer=https://kubernetes.default.svc", f"--service-cluster-ip-range={service_cidr}",
        f"--authentication-token-webhook-config-file={authenticator}", "--authentication-token-webhook-version=v1",
        f"--authentication-token-webhook-cache-ttl={_REMEMBERED}",
        f"--authorization-webhook-config-file={authorizer}", "--authorization-webhook-version=v1",
        f"--authorization-webhook-cache-authorized-ttl={_REMEMBERED}",
        f"--authorization-webhook-cache-unauthorized-ttl={_REMEMBERED}",
        # The endpoints of the `kubernetes` Service must not be loopback, and nothing here uses them.
        "--endpoint-reconciler-type=none", "--profiling=false", "--enable-priority-and-fairness=false",
        # What serves for the cluster has to be ready, and is reached through a proxy: see `egress`.
        "--enable-aggregator-routing=true", f"--egress-selector-config-file={egress.write_configuration(folder)}",
        "--kubelet-preferred-address-types=Hostname",
    ]  # fmt: skip


def controller_manager(folder: Path, kubeconfig: Path, certificate: Path) -> list[str]:
    """The built-in controllers, except those for a cloud's routes and for attaching disks (no kubelet would do it).

    Nodes send no heartbeats (see `kubelets`), so silence must never make one NotReady.
    """
    return [
        str(binary("kube-controller-manager")), f"--kubeconfig={kubeconfig}", "--leader-elect=false",
        "--secure-port=0", "--bind-address=127.0.0.1", "--profiling=false",
        f"--service-account-private-key-file={folder / 'service-account.key'}", f"--root-ca-file={certificate}",
        "--controllers=*,-persistentvolume-attach-detach-controller,-node-ipam-controller,-node-route-controller",
        "--kube-api-qps=200", "--kube-api-burst=400",
        "--node-monitor-grace-period=87600h", "--node-startup-grace-period=87600h",
    ]  # fmt: skip


def scheduler(kubeconfig: Path) -> list[str]:
    """The default scheduler."""
    return [
        str(binary("kube-scheduler")), f"--kubeconfig={kubeconfig}", "--leader-elect=false", "--secure-port=0",
        "--bind-address=127.0.0.1", "--profiling=false", "--kube-api-qps=200", "--kube-api-burst=400",
    ]  # fmt: skip


def kubelets(kubeconfig: Path) -> list[str]:
    """kwok, which plays every node's kubelet by our stages.

    Without node leases: it acts only on nodes whose lease it holds, so a new process would wait for those of the old
    one to expire, and a node made anew under an old name for the garbage collector to take the old lease.
    """
    stages = [f"--config={path}" for path in sorted(STAGES.glob("*.yaml"))]
    return [
        str(binary("kwok")), f"--kubeconfig={kubeconfig}", "--manage-all-nodes=true", f"--cidr={POD_CIDR}",
        "--node-ip=127.0.0.1", "--node-lease-duration-seconds=0", *stages,
    ]  # fmt: skip


def controllers(cluster: str) -> list[str]:
    """Our stand-ins for the controllers that add-ons and charts bring."""
    return [sys.executable, "-m", "emulator.kubernetes.controllers", cluster]
