"""The command lines of the programs of a control plane."""

import sys
from dataclasses import dataclass
from pathlib import Path

from emulator.kubernetes import access, egress
from emulator.toolchain import binary

STAGES = Path(__file__).parent / "stages"

_REMEMBERED = "3s"
"""Time for which the API server caches responses of EKS."""


@dataclass(frozen=True)
class Ports:
    """Loopback ports of a control plane. The API server's port is part of the endpoint, so it never changes."""

    etcd: int
    etcd_peer: int
    apiserver: int


def etcd(folder: Path, ports: Ports) -> list[str]:
    """Return the command of etcd. It runs without fsync, so a crash of the machine may lose the last writes."""
    client, peer = f"http://127.0.0.1:{ports.etcd}", f"http://127.0.0.1:{ports.etcd_peer}"
    return [
        str(binary("etcd")), f"--data-dir={folder / 'etcd'}", "--unsafe-no-fsync",
        f"--listen-client-urls={client}", f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}", f"--initial-cluster=default={peer}",
        "--auto-compaction-mode=revision", "--auto-compaction-retention=10000", "--log-level=warn",
    ]  # fmt: skip


def apiserver(folder: Path, ports: Ports, service_cidr: str) -> list[str]:
    """Return the command of the API server, on loopback with a self-signed certificate, with RBAC and Pod Security.

    It asks EKS about users that have neither its own token nor one of a service account, and about permissions that
    RBAC does not grant. Answers are cached for a few seconds only, because access entries change.
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
        # What an idle cluster costs is mostly the caches of 130 kinds, which look at their clocks every second, and
        # metrics that nobody reads. Watches and lists go to etcd, which is as fast for a cluster of this size.
        "--watch-cache=false", "--etcd-count-metric-poll-period=0", "--etcd-db-metric-poll-interval=0",
        # Webhooks and aggregated APIs are reached by pod address, through the proxy of `egress`.
        "--enable-aggregator-routing=true", f"--egress-selector-config-file={egress.write_configuration(folder)}",
        "--kubelet-preferred-address-types=Hostname",
    ]  # fmt: skip


def controller_manager(folder: Path, kubeconfig: Path, certificate: Path) -> list[str]:
    """Return the command of the built-in controllers, without those for routes, and for disks, which need a kubelet.

    Nodes send no heartbeats (see `kubelets`), so the grace periods keep them from becoming NotReady.
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
    """Return the command of the default scheduler."""
    return [
        str(binary("kube-scheduler")), f"--kubeconfig={kubeconfig}", "--leader-elect=false", "--secure-port=0",
        "--bind-address=127.0.0.1", "--profiling=false", "--kube-api-qps=200", "--kube-api-burst=400",
    ]  # fmt: skip


def kubelets(kubeconfig: Path) -> list[str]:
    """Return the command of kwok, which simulates every node's kubelet with the emulator's stages.

    Node leases are off, because kwok acts only on nodes whose lease it holds: a new process would wait until the old
    process's leases expire, and a node that is created again until its old lease is deleted.
    """
    stages = [f"--config={path}" for path in sorted(STAGES.glob("*.yaml"))]
    return [
        str(binary("kwok")), f"--kubeconfig={kubeconfig}", "--manage-all-nodes=true",
        "--node-ip=127.0.0.1", "--node-lease-duration-seconds=0", *stages,
    ]  # fmt: skip


def controllers(cluster: str) -> list[str]:
    """Return the command of the stand-ins for the controllers of add-ons and charts."""
    return [sys.executable, "-m", "emulator.kubernetes.controllers", cluster]
