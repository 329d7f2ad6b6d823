"""Configures the connections of the API server to pods and kubelets, which have no addresses on this machine.

The API server sends requests for the VPC (webhooks, aggregated APIs, logs) through an HTTP CONNECT proxy, Kubernetes'
feature for control planes outside of the cluster's network. The proxy runs in the controllers process: see
`controllers/cluster_network.py`.
"""

import json
from pathlib import Path

SOCKET = "egress.sock"
"""Socket relative to the cluster's folder, which both processes run in, as a socket's path is limited to 108 bytes."""

_FILE = "egress.json"


def write_configuration(folder: Path) -> Path:
    """Write the API server's egress selector configuration, as JSON, which is YAML, and return its path."""
    connection = {"proxyProtocol": "HTTPConnect", "transport": {"uds": {"udsName": SOCKET}}}
    configuration = {
        "apiVersion": "apiserver.k8s.io/v1beta1",
        "kind": "EgressSelectorConfiguration",
        "egressSelections": [{"name": "cluster", "connection": connection}],
    }
    path = folder / _FILE
    path.write_text(json.dumps(configuration))
    return path
