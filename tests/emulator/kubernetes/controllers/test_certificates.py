"""What the programs that make webhooks' certificates leave: a Secret to serve with, and webhooks that trust it."""

import base64
import ssl
from typing import Any, cast

import pytest
from cryptography import x509

from emulator.kubernetes.api import Api, Object
from emulator.kubernetes.controllers import certificates, program_starts
from emulator.kubernetes.controllers.context import Context


class Cluster:
    """An API server with these objects, which merges patches."""

    def __init__(self, *objects: Object) -> None:
        self.objects = {(each["kind"], each["metadata"]["name"]): each for each in objects}
        self.written = 0

    def get(self, _version: str, kind: str, _namespace: str, name: str) -> Object | None:
        return self.objects.get((kind, name))

    def list(self, _version: str, kind: str, _namespace: str = "", labelSelector: str = "") -> list[Object]:
        wanted = dict([labelSelector.split("=")])
        found = [each for (known, _), each in self.objects.items() if known == kind]
        return [each for each in found if wanted.items() <= each["metadata"].get("labels", {}).items()]

    def path(self, _version: str, kind: str, _namespace: str) -> str:
        return kind

    def request(self, _method: str, path: str, body: Object) -> None:
        self.objects[path, body["metadata"]["name"]] = body
        self.written += 1

    def patch(self, target: Object, patch: Object) -> None:
        target |= patch
        self.written += 1


def webhooks(kind: str, name: str, labels: dict[str, str] | None = None) -> Object:
    hook = {"name": "h", "failurePolicy": "Ignore", "clientConfig": {"service": {"name": "s", "namespace": "ns"}}}
    return {
        "kind": f"{kind}WebhookConfiguration",
        "metadata": {"name": name, "labels": labels or {}},
        "webhooks": [hook],
    }


def generator(command: str, **options: str) -> Object:
    """A pod of a Job that runs kube-webhook-certgen."""
    arguments = [command, *(f"--{name.replace('_', '-')}={value}" for name, value in options.items())]
    container = {"name": "c", "image": "registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1", "args": arguments}
    return {"kind": "Pod", "metadata": {"name": "p", "namespace": "ns"}, "spec": {"containers": [container]}}


def names(data: dict[str, str], certificate: str) -> list[str]:
    """The hosts that a certificate in a Secret is for."""
    found = x509.load_pem_x509_certificate(base64.b64decode(data[certificate]))
    return found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)


def trusted(configuration: Object) -> set[str]:
    return {hook["clientConfig"].get("caBundle", "") for hook in configuration["webhooks"]}


def test_the_generator_makes_a_certificate_once_and_has_it_trusted() -> None:
    validating, mutating = webhooks("Validating", "admission"), webhooks("Mutating", "admission")
    cluster = Cluster(validating, mutating)
    api = cast(Api, cluster)
    create = generator("create", host="operator,operator.ns.svc", namespace="ns", secret_name="made")
    certificates.run(api, create)
    data = cluster.objects["Secret", "made"]["data"]
    assert names(data, "cert") == ["operator", "operator.ns.svc"]
    certificates.run(api, create)
    assert cluster.objects["Secret", "made"]["data"] == data
    patch = {"webhook_name": "admission", "namespace": "ns", "secret_name": "made", "patch_failure_policy": "Fail"}
    certificates.run(api, generator("patch", **patch, patch_mutating="false"))
    assert (trusted(validating), trusted(mutating)) == ({data["ca"]}, {""})
    assert [hook["failurePolicy"] for hook in (*validating["webhooks"], *mutating["webhooks"])] == ["Fail", "Ignore"]


def test_other_pods_make_nothing() -> None:
    cluster = Cluster()
    other = generator("create", host="x", secret_name="made")
    other["spec"]["containers"][0]["image"] = "registry.k8s.io/pause:3"
    certificates.run(cast(Api, cluster), other)
    assert cluster.objects == {}


def operator(ready: str) -> Cluster:
    """The External Secrets Operator's certificate controller, its webhook's pod and configuration, and the Secret."""
    options = {"service-name": "hook", "service-namespace": "ns", "secret-name": "tls", "secret-namespace": "ns"}
    maker = {
        "kind": "Pod",
        "metadata": {"name": "maker", "labels": {"app.kubernetes.io/name": "external-secrets-cert-controller"}},
        "spec": {"containers": [{"args": ["certcontroller", *(f"--{key}={value}" for key, value in options.items())]}]},
        "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": ready}]},
    }
    served = {
        "kind": "Pod",
        "metadata": {
            "name": "hook",
            "namespace": "ns",
            "labels": {"app.kubernetes.io/name": "external-secrets-webhook"},
        },
        "spec": {"containers": [], "volumes": [{"name": "v", "secret": {"secretName": "tls"}}]},
    }
    secret = {"kind": "Secret", "metadata": {"name": "tls", "namespace": "ns"}}
    return Cluster(maker, served, secret, webhooks("Validating", "v", {"external-secrets.io/component": "webhook"}))


def context(cluster: Cluster) -> Context:
    return Context("c", cast(Api, cluster), cast(Any, None))


def test_the_operators_webhook_is_ready_once_its_certificate_is_there_and_trusted() -> None:
    cluster = operator(ready="True")
    pod = cluster.objects["Pod", "hook"]
    assert program_starts.unready(context(cluster), pod) == "its certificate does not exist yet"
    certificates.reconcile(context(cluster))
    data = cluster.objects["Secret", "tls"]["data"]
    assert names(data, "tls.crt") == ["hook.ns.svc"]
    assert trusted(cluster.objects["ValidatingWebhookConfiguration", "v"]) == {data["ca.crt"]}
    assert isinstance(certificates.of_pod(cast(Api, cluster), pod), ssl.SSLContext)
    assert program_starts.unready(context(cluster), pod) == ""
    written = cluster.written
    certificates.reconcile(context(cluster))
    assert cluster.written == written


@pytest.mark.parametrize("ready", ["False", "Unknown"])
def test_without_the_controller_nobody_makes_one(ready: str) -> None:
    cluster = operator(ready)
    certificates.reconcile(context(cluster))
    assert cluster.written == 0
