"""The context that all controllers share: the cluster, the simulated AWS, logs and events."""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from emulator.contract import Aws
from emulator.kubernetes import readiness
from emulator.kubernetes.api import Api, ApiError, Object
from emulator.kubernetes.controllers.controller_logs import NAME_LABEL, ControllerLogs
from emulator.kubernetes.nodes import GROUP_LABEL, ZONE_LABEL

LOG = logging.getLogger("controllers")

_NAME_SERVICE = "k8s-app=kube-dns"
_ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"


@dataclass(frozen=True)
class Identity:
    """Identity of a controller's pod: service account, node, and IAM role, which is empty if it has none."""

    namespace: str
    service_account: str
    node: str
    role_arn: str


@dataclass(frozen=True)
class Context:
    """One cluster and its AWS account. If `logs` is None, the controllers write no logs."""

    cluster: str
    api: Api
    aws: Aws
    logs: ControllerLogs | None = None

    def running(self, labels: str, namespace: str = "") -> Identity | None:
        """Return the identity of a ready pod with these labels; None if there is none."""
        for pod in self.api.list("v1", "Pod", namespace, labelSelector=labels):
            if readiness.condition(pod, "Ready").get("status") == "True" and not pod["metadata"].get(
                "deletionTimestamp"
            ):
                return self.identity_of(pod)
        return None

    def identity_of(self, pod: Object) -> Identity:
        """Return the identity of a pod that is on a node."""
        account, space = pod["spec"].get("serviceAccountName", "default"), pod["metadata"]["namespace"]
        found = self.api.get("v1", "ServiceAccount", space, account) or {"metadata": {}}
        role = found["metadata"].get("annotations", {}).get(_ROLE_ANNOTATION, "")
        return Identity(space, account, pod["spec"]["nodeName"], role)

    def denied(self, identity: Identity, actions: Iterable[str], resource: str = "*") -> str:
        """Return why AWS would deny the actions to the identity; empty if it would allow them."""
        if not identity.role_arn:
            return (
                f"no EC2 IMDS role found, operation error: the service account {identity.namespace}/"
                f"{identity.service_account} has no annotation {_ROLE_ANNOTATION}"
            )
        if not self.aws.trusts(identity.role_arn, self.cluster, identity.namespace, identity.service_account):
            return (
                "api error AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity: "
                f"{identity.role_arn} by system:serviceaccount:{identity.namespace}:{identity.service_account}"
            )
        if not self._resolves_names():
            return "dial tcp: lookup AWS's endpoints: no such host: no CoreDNS pod is ready"
        if not self._has_route_out(identity.node):
            return f"dial tcp: i/o timeout: the subnet of node {identity.node} has no route to AWS's endpoints"
        for action in actions:
            if not self.aws.allows(identity.role_arn, action, resource):
                return f"api error AccessDenied: User: {identity.role_arn} is not authorized to perform: {action}"
        return ""

    def _resolves_names(self) -> bool:
        pods = self.api.list("v1", "Pod", "kube-system", labelSelector=_NAME_SERVICE)
        return any(readiness.condition(pod, "Ready").get("status") == "True" for pod in pods)

    def _has_route_out(self, node_name: str) -> bool:
        node = self.api.get("v1", "Node", "", node_name)
        labels = node["metadata"]["labels"] if node else {}
        return self.aws.has_route_out(self.cluster, labels.get(GROUP_LABEL, ""), labels.get(ZONE_LABEL, ""))

    def log(self, controller: str, about: Object, message: str, level: str = "info") -> None:
        """Write a line to the log of the controller whose pods have these labels. It must not contain secret values."""
        if self.logs is not None:
            metadata = about["metadata"]
            name = "/".join(part for part in (metadata.get("namespace"), metadata["name"]) if part)
            labels = dict(pair.split("=", 1) for pair in controller.split(","))
            self.logs.write(labels[NAME_LABEL], level, f"{about['kind']} {name}", message)

    def event(
        self, about: Object, type_: str, reason: str, message: str, controller: str = "", component: str = "emulator"
    ) -> None:
        """Record an event about an object; a repeated event only increases its count.

        The event is also written to the log of the pods with the labels `controller`, unless these are empty.
        `component` is the event's source.
        """
        if controller:
            self.log(controller, about, message, "error" if type_ == "Warning" else "info")
        metadata = about["metadata"]
        namespace = metadata.get("namespace", "default")
        digest = hashlib.sha256(f"{metadata['uid']}{reason}{message}".encode()).hexdigest()[:16]
        # The name contains the reason because kubectl sorts events of a second by name: Pulled before Started.
        name, now = f"{metadata['name']}.{reason.lower()}.{digest}", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        keys = ("name", "namespace", "uid", "resourceVersion")
        subject = {key: metadata[key] for key in keys if key in metadata}
        body = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": name, "namespace": namespace},
            "involvedObject": {"apiVersion": about["apiVersion"], "kind": about["kind"], **subject},
            "type": type_,
            "reason": reason,
            "message": message,
            "source": {"component": component},
            "firstTimestamp": now,
            "lastTimestamp": now,
            "count": 1,
        }
        try:
            self.api.request("POST", self.api.path("v1", "Event", namespace), body)
        except ApiError as error:
            # A namespace that is being deleted accepts no new events.
            if error.status not in (403, 404, 409):
                raise
            if error.status == 409:
                self._repeat(self.api.path("v1", "Event", namespace, name), now)

    def _repeat(self, event: str, now: str) -> None:
        """Increase the count of the event at a path, without `get`, as no step has to run when an event changes."""
        try:
            count = self.api.request("GET", event).get("count", 1) + 1
            body = {"count": count, "lastTimestamp": now}
            self.api.request("PATCH", event, body, content_type="application/merge-patch+json")
        except ApiError as error:
            # The event has just expired.
            if error.status != 404:
                raise
