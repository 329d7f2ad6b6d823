"""Configures the connections of the API server to pods and kubelets, which have no addresses on this machine.

The API server sends requests for the VPC (webhooks, aggregated APIs, logs) through an HTTP CONNECT proxy, Kubernetes'
feature for control planes outside of the cluster's network. The proxy runs in the controllers process: see
`controllers/cluster_network.py`. So does the endpoint at which the API server asks EKS for authentication and
authorization.
"""

import json
from pathlib import Path

SOCKET = "egress.sock"
"""Socket relative to the cluster's folder, which both processes run in, as a socket's path is limited to 108 bytes."""

ACCESS_HOST, ACCESS_PORT = "access.eks.internal", 80
"""Address at which the API server reaches EKS. Only the proxy knows it, so it needs no TLS."""

_FILE = "egress.json"


def write_configuration(folder: Path) -> Path:
    """Write the API server's egress selector configuration, as JSON, which is YAML, and return its path."""
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
    """Write the kubeconfig for requests of the API server to EKS at the path, and return its path."""
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
