"""Access to an EKS cluster: tokens of AWS identities, access entries and their access policies."""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from emulator.aws.identity import principal
from emulator.aws.tokens import ACCESS_ENTRY, ACCESS_POLICY_ASSOCIATION, CLUSTER
from emulator.contract import AccessPolicy, ClusterUser
from emulator.store import Store, StoredObject

POLICIES = "arn:aws:eks::aws:cluster-access-policy/"
"""The beginning of the ARNs of access policies."""

ADMINISTRATOR = f"{POLICIES}AmazonEKSClusterAdminPolicy"
"""The access policy that the creator of a cluster gets."""

TOKEN_SECONDS = 14 * 60
"""Time for which EKS accepts one token."""

_PREFIX = "k8s-aws-v1."
_KEY_BYTES = 32
_NODES = ("EC2_LINUX", "EC2_WINDOWS", "EC2", "FARGATE_LINUX", "HYBRID_LINUX")
"""Types of access entries whose principals are nodes."""


def user_name(principal_arn: str) -> str:
    """The user name that an access entry gets without one of its own."""
    if ":role/" not in principal_arn:
        return principal_arn
    session = principal_arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
    return f"{session}/{{{{SessionName}}}}"


def token(store: Store, cluster: str, caller_arn: str) -> str:
    """A token with which the caller shows a cluster who it is. Real ones are requests to STS that AWS signed."""
    said = {"arn": caller_arn, "cluster": cluster, "expires": time.time() + TOKEN_SECONDS}
    payload = base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
    return f"{_PREFIX}{payload}.{_signature(store, payload)}"


def authenticate(store: Store, cluster: str, presented: str) -> ClusterUser | None:
    """The user whom a token stands for: None if it is not good for this cluster, or its owner has no access entry."""
    caller = _caller(store, cluster, presented)
    entry = _entry(store, cluster, principal(caller)) if caller else None
    if caller is None or entry is None:
        return None
    account, session = caller.split(":")[4], caller.rpartition("/")[2]
    name = str(entry.outputs.get("userName") or user_name(entry.outputs["principalArn"]))
    filled = {"AccountID": account, "SessionName": session.replace("@", "-"), "SessionNameRaw": session}
    for placeholder, value in {**filled, "EC2PrivateDNSName": session}.items():
        name = name.replace(f"{{{{{placeholder}}}}}", value)
    groups = ["system:nodes"] if entry.outputs.get("type") in _NODES else entry.outputs.get("kubernetesGroups") or []
    uid = f"aws-iam-authenticator:{account}:{session}"
    return ClusterUser(name, uid, tuple(groups), principal(caller), caller)


def policies(store: Store, cluster: str, principal_arn: str) -> Sequence[AccessPolicy]:
    """The access policies of a principal in a cluster."""
    found = store.find(ACCESS_POLICY_ASSOCIATION, clusterName=cluster)
    return [_policy(each) for each in found if principal(each.outputs["principalArn"]) == principal_arn]


def _policy(association: StoredObject) -> AccessPolicy:
    scope: dict[str, Any] = association.outputs["accessScope"]
    namespaces = tuple(scope.get("namespaces") or ()) if scope["type"] == "namespace" else None
    return AccessPolicy(str(association.outputs["policyArn"]).removeprefix(POLICIES), namespaces)


def _entry(store: Store, cluster: str, principal_arn: str) -> StoredObject | None:
    entries = store.find(ACCESS_ENTRY, clusterName=cluster)
    return next((each for each in entries if principal(each.outputs["principalArn"]) == principal_arn), None)


def _caller(store: Store, cluster: str, presented: str) -> str | None:
    """The ARN that a token was made for, if we made it for this cluster and it has not expired."""
    payload, _, signature = presented.removeprefix(_PREFIX).partition(".")
    if not presented.startswith(_PREFIX) or not hmac.compare_digest(signature, _signature(store, payload)):
        return None
    try:
        said = json.loads(base64.urlsafe_b64decode(payload))
    except (binascii.Error, ValueError):
        return None
    good = said["cluster"] == cluster and said["expires"] > time.time() and store.get(CLUSTER, cluster) is not None
    return str(said["arn"]) if good else None


def _signature(store: Store, payload: str) -> str:
    return hmac.new(_key(store.folder / "token.key"), payload.encode(), hashlib.sha256).hexdigest()


def _key(path: Path) -> bytes:
    """The account's key, which signs tokens so that nobody else on the machine can make one; made on first use."""
    if not path.exists():
        temporary = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
        try:
            # Whoever comes second takes the first one's.
            path.hardlink_to(temporary)
        except FileExistsError:
            pass
        finally:
            temporary.unlink()
    return path.read_bytes()
