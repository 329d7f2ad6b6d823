"""The way from the API server to pods and kubelets, which have no addresses on this machine.

The API server sends what it would send into the VPC (webhooks, aggregated APIs, logs) through an HTTP CONNECT proxy,
its own feature for clusters whose network it is not part of. The proxy is in the controllers process: see
`controllers/cluster_network.py`. So are its questions to EKS, about who a token is and what a user may do.
"""

import json
from pathlib import Path

SOCKET = "egress.sock"
"""Named relative to the cluster's folder, in which both sides run: a socket's path may be 108 bytes at most."""

ACCESS_HOST, ACCESS_PORT = "access.eks.internal", 80
"""Where the API server asks EKS. Only the proxy knows it, and what is behind the proxy's socket needs no TLS."""

_FILE = "egress.json"


def write_configuration(folder: Path) -> Path:
    """Write the API server's egress selector configuration (JSON is YAML) and answer its path."""
    connection = {"proxyProtocol": "HTTPConnect", "transport": {"uds": {"udsName": SOCKET}}}
    configuration = {
        "apiVersion": "apiserver.k8s.io/v1beta1",
        "kind": "EgressSelectorConfiguration",
        "egressSelections": [{"name": name, "connection": connection} for name in ("cluster", "controlplane")],
    }
    path = folder / _FILE
    path.write_text(json.dumps(configuration))
    return path


def write_access_configuration(folder: Path, path: str) -> Path:
    """Write the kubeconfig with which the API server asks EKS at that path (JSON is YAML) and answer the file's own."""
    server = {"server": f"http://{ACCESS_HOST}:{ACCESS_PORT}/{path}"}
    configuration = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "eks", "cluster": server}],
        "users": [{"name": "apiserver", "user": {}}],
        "contexts": [{"name": "eks", "context": {"cluster": "eks", "user": "apiserver"}}],
        "current-context": "eks",
    }
    file = folder / f"{path}.json"
    file.write_text(json.dumps(configuration))
    return file
