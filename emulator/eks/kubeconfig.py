"""The kubeconfig that the component answers: exec based, so it holds no secret and nothing in it expires."""

import json
from typing import Any

from emulator.kubeconfig import API_VERSION, get_token


def kubeconfig(arn: str, endpoint: str, certificate_authority: str) -> dict[str, Any]:
    """A kubeconfig whose user asks `aws eks get-token` for a token, whenever one is needed."""
    region, name = arn.split(":")[3], arn.rpartition("/")[2]
    command = get_token(region, name) | {
        "env": [{"name": "KUBERNETES_EXEC_INFO", "value": json.dumps({"apiVersion": API_VERSION})}]
    }
    cluster = {"server": endpoint, "certificate-authority-data": certificate_authority}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": arn, "cluster": cluster}],
        "contexts": [{"name": arn, "context": {"cluster": arn, "user": arn}}],
        "current-context": arn,
        "users": [{"name": arn, "user": {"exec": command}}],
    }
