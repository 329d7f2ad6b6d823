"""The way from the API server to pods and kubelets, which have no addresses on this machine.

The API server sends what it would send into the VPC (webhooks, aggregated APIs, logs) through an HTTP CONNECT proxy,
its own feature for clusters whose network it is not part of. The proxy is in the controllers process: see
`controllers/cluster_network.py`.
"""

import json
from pathlib import Path

SOCKET = "egress.sock"
"""Named relative to the cluster's folder, in which both sides run: a socket's path may be 108 bytes at most."""

_FILE = "egress.json"


def write_configuration(folder: Path) -> Path:
    """Write the API server's egress selector configuration (JSON is YAML) and answer its path."""
    connection = {"proxyProtocol": "HTTPConnect", "transport": {"uds": {"udsName": SOCKET}}}
    configuration = {
        "apiVersion": "apiserver.k8s.io/v1beta1",
        "kind": "EgressSelectorConfiguration",
        "egressSelections": [{"name": "cluster", "connection": connection}],
    }
    path = folder / _FILE
    path.write_text(json.dumps(configuration))
    return path
