"""Stands in for the programs that generate the certificates of webhooks, and reads these certificates.

A webhook's configuration contains the certificate authority of its server. Some charts generate both when they are
rendered. Others run a program in the cluster: the certificate controller of the External Secrets Operator, and
`kube-webhook-certgen`, which runs as Jobs before and after an installation.
"""

import base64
import ssl
import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import trustme

from emulator.kubernetes.api import Api, Object
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.readiness import condition

_AUTHORITY, _CERTIFICATE, _KEY = "ca.crt", "tls.crt", "tls.key"
_GENERATOR = "kube-webhook-certgen"
KINDS = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")
ADMISSION = "admissionregistration.k8s.io/v1"
_EXTERNAL_SECRETS = "app.kubernetes.io/name=external-secrets-cert-controller"
_OF_EXTERNAL_SECRETS = "external-secrets.io/component=webhook"


def reconcile(context: Context) -> None:
    """Generate the certificate of the External Secrets Operator's webhooks while its certificate controller runs."""
    for pod in context.api.list("v1", "Pod", labelSelector=_EXTERNAL_SECRETS):
        if condition(pod, "Ready").get("status") == "True":
            _serve_external_secrets(context.api, options(pod["spec"]["containers"][0]))


def run(api: Api, pod: Object) -> None:
    """Do the work of the pod if it runs `kube-webhook-certgen`, whose Job completes as soon as it has started."""
    container = pod["spec"]["containers"][0]
    if _GENERATOR in container["image"]:
        _generate(api, pod["metadata"]["namespace"], container)


def _serve_external_secrets(api: Api, options: Mapping[str, str]) -> None:
    service, namespace = options["service-name"], options["service-namespace"]
    secret = api.get("v1", "Secret", options["secret-namespace"], options["secret-name"])
    if secret is None:
        return
    data = completed(api, secret, f"{service}.{namespace}.svc")
    for kind in KINDS:
        for configuration in api.list(ADMISSION, kind, labelSelector=_OF_EXTERNAL_SECRETS):
            _trust(api, configuration, data[_AUTHORITY])


def _generate(api: Api, namespace: str, container: Object) -> None:
    command, given = container["args"][0], options(container)
    space = given.get("namespace", namespace)
    secret = api.get("v1", "Secret", space, given["secret-name"])
    if command == "create" and secret is None:
        metadata = {"name": given["secret-name"], "namespace": space}
        names = ("ca", given.get("cert-name", "cert"), given.get("key-name", "key"))
        data = _made(given["host"].split(","), names)
        made = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}
        api.request("POST", api.path("v1", "Secret", space), made)
    if command == "patch" and secret is not None:
        for kind in KINDS:
            if given.get(f"patch-{kind.removesuffix('WebhookConfiguration').lower()}", "true") == "true":
                configuration = api.get(ADMISSION, kind, "", given["webhook-name"])
                if configuration is not None:
                    policy = given.get("patch-failure-policy", "")
                    _trust(api, configuration, secret["data"]["ca"], policy)


def completed(api: Api, secret: Object, host: str) -> Mapping[str, str]:
    """Return the Secret's data, after adding a certificate for the host if it has none."""
    data: Mapping[str, str] = secret.get("data", {})
    if all(data.get(key) for key in (_AUTHORITY, _CERTIFICATE, _KEY)):
        return data
    made = _made([host], (_AUTHORITY, _CERTIFICATE, _KEY))
    api.patch(secret, {"data": made})
    return made


def _made(hosts: Sequence[str], names: tuple[str, str, str]) -> dict[str, str]:
    """Return a Secret's data with these keys: an authority, its certificate for the hosts, the certificate's key."""
    authority = trustme.CA()
    certificate = authority.issue_cert(*hosts)
    chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
    contents = (authority.cert_pem.bytes(), chain, certificate.private_key_pem.bytes())
    return {name: base64.b64encode(content).decode() for name, content in zip(names, contents, strict=True)}


def _trust(api: Api, configuration: Object, authority: str, failure_policy: str = "") -> None:
    changes = {"failurePolicy": failure_policy} if failure_policy else {}
    webhooks = [
        {**webhook, **changes, "clientConfig": {**webhook["clientConfig"], "caBundle": authority}}
        for webhook in configuration.get("webhooks", [])
    ]
    if webhooks != configuration.get("webhooks", []):
        api.patch(configuration, {"webhooks": webhooks})


def options(container: Object) -> dict[str, str]:
    """Return a program's `--name=value` arguments."""
    words = [*container.get("command", []), *container.get("args", [])]
    return dict(word.removeprefix("--").split("=", 1) for word in words if word.startswith("--") and "=" in word)


def of_pod(api: Api, pod: Object) -> ssl.SSLContext | None:
    """Return TLS with the first certificate in a Secret that the pod mounts; None if there is none."""
    for volume in pod["spec"].get("volumes", []):
        name = volume.get("secret", {}).get("secretName")
        secret = api.get("v1", "Secret", pod["metadata"]["namespace"], name) if name else None
        data = (secret or {}).get("data", {})
        certificate, key = (data.get(each) or data.get(old) for each, old in ((_CERTIFICATE, "cert"), (_KEY, "key")))
        if certificate and key:
            return server_context(base64.b64decode(certificate), base64.b64decode(key))
    return None


@lru_cache(maxsize=32)
def server_context(certificate: bytes, key: bytes) -> ssl.SSLContext:
    """Return a server's TLS context for a certificate and its key, both PEM."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # OpenSSL loads certificates from files only.
    with tempfile.TemporaryDirectory() as folder:
        both = Path(folder) / "both.pem"
        both.touch(0o600)
        both.write_bytes(certificate + b"\n" + key)
        tls.load_cert_chain(both)
    return tls
