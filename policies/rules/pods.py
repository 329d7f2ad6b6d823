"""Checks pod security, resources, identity and network policies."""

import re
from collections.abc import Iterator

from policies.resources import Resource, Stack, Values
from policies.rule import Level, Rule, StackRule, Violation

_KINDS = {
    "kubernetes:core/v1:Pod": (),
    "kubernetes:core/v1:PodTemplate": ("template",),
    "kubernetes:core/v1:ReplicationController": ("spec", "template"),
    "kubernetes:apps/v1:Deployment": ("spec", "template"),
    "kubernetes:apps/v1:ReplicaSet": ("spec", "template"),
    "kubernetes:apps/v1:StatefulSet": ("spec", "template"),
    "kubernetes:apps/v1:DaemonSet": ("spec", "template"),
    "kubernetes:batch/v1:Job": ("spec", "template"),
    "kubernetes:batch/v1:CronJob": ("spec", "jobTemplate", "spec", "template"),
}
"""Types that create pods, each with the path to the pod's metadata and spec."""

_TEMPLATES = _KINDS | {f"{kind}Patch": path for kind, path in _KINDS.items()}
"""`_KINDS` with the types that patch an existing object. A patch is checked alone, so it repeats what rules need."""

WORKLOADS = tuple(_TEMPLATES)

_SECRET_NAME = re.compile(
    r"(PASSWORD|PASSWD|(^|_)PASS|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)(_FOR_\w+)?$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
"""Matches a URL with a password in it."""

_SAFE_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
}


def pod_spec(resource: Resource) -> Values:
    """Return the spec of the pods that the resource creates."""
    return resource.props.inner(*_TEMPLATES[resource.type], "spec")


def containers(resource: Resource) -> Iterator[Values]:
    """Yield all containers of the pods that the resource creates, init and ephemeral ones included."""
    spec = pod_spec(resource)
    yield from spec.objects("initContainers")
    yield from spec.objects("containers")
    yield from spec.objects("ephemeralContainers")


def pod_hardened(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each setting that breaks the `restricted` standard, and for a writable root file system."""
    pod = pod_spec(resource).inner("securityContext")
    for container in containers(resource):
        own = container.inner("securityContext")
        name = f"container {container.get('name')}"
        if own.get("privileged") is True:
            yield Violation(f"{name} is privileged", "privileged: false")
        if own.get("allowPrivilegeEscalation") is not False:
            yield Violation(f"{name} may gain privileges", "allowPrivilegeEscalation: false")
        if own.get("runAsNonRoot", pod.get("runAsNonRoot")) is not True:
            yield Violation(f"{name} may run as root", "runAsNonRoot: true")
        user = own.get("runAsUser", pod.get("runAsUser"))
        if user is not None and float(user) == 0:
            yield Violation(f"{name} runs as root", "a runAsUser other than 0")
        if own.get("procMount", "Default") not in {None, "Default"}:
            yield Violation(f"{name} has unmasked access to /proc", "procMount: Default")
        if own.get("readOnlyRootFilesystem") is not True:
            yield Violation(f"{name} has a writable root file system", "readOnlyRootFilesystem: true")
        if "ALL" not in (own.inner("capabilities").get("drop") or ()):
            yield Violation(f"{name} does not drop all Linux capabilities", "capabilities.drop: ALL")
        if added := set(own.inner("capabilities").get("add") or ()) - {"NET_BIND_SERVICE"}:
            yield Violation(f"{name} adds {', '.join(sorted(added))}", "no capabilities.add but NET_BIND_SERVICE")
        profile = own.inner("seccompProfile").get("type", pod.inner("seccompProfile").get("type"))
        if profile not in {"RuntimeDefault", "Localhost"}:
            yield Violation(f"{name} has no seccomp profile", "seccompProfile.type: RuntimeDefault")


def pod_off_host(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each host namespace, path, port or sysctl that a pod uses."""
    spec = pod_spec(resource)
    for setting in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(setting) is True:
            yield Violation(f"it uses the {setting.removeprefix('host')} namespace of its node", f"{setting}: false")
    for volume in spec.objects("volumes"):
        if "hostPath" in volume:
            yield Violation(f"volume {volume.get('name')} is a hostPath", "another volume type")
    for container in containers(resource):
        for port in container.objects("ports"):
            if port.get("hostPort"):
                yield Violation(f"it uses port {port.get('hostPort')} of its node", "a Service")
    for sysctl in spec.inner("securityContext").objects("sysctls"):
        if sysctl.get("name") not in _SAFE_SYSCTLS:
            yield Violation(f"it sets the unsafe sysctl {sysctl.get('name')}", "safe sysctls only")


def pod_resources(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each container without requests, or without a memory limit."""
    for container in containers(resource):
        name, resources = f"container {container.get('name')}", container.inner("resources")
        if not {"cpu", "memory"} <= set(resources.inner("requests")):
            yield Violation(f"{name} has no requests for cpu and memory", "resources.requests with cpu and memory")
        if "memory" not in resources.inner("limits"):
            yield Violation(f"{name} has no memory limit", "resources.limits with memory")


def probe_on_own_port(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each probe of a port that its container does not declare."""
    for container in containers(resource):
        ports = list(container.objects("ports"))
        declared = {str(port.get(key)) for port in ports for key in ("name", "containerPort") if key in port}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            for kind in ("httpGet", "tcpSocket", "grpc"):
                asked = container.inner(probe, kind).get("port")
                if asked is not None and _number(asked) not in map(_number, declared):
                    yield Violation(
                        f"{probe} of container {container.get('name')} asks port {_number(asked)}",
                        f"a port of the container: {', '.join(sorted(map(_number, declared))) or 'it declares none'}",
                    )


def _number(port: object) -> str:
    """The port as a name, or as a number without decimals, as which the engine may send it."""
    text = str(port)
    return text.removesuffix(".0") if text.replace(".", "").isdigit() else text


def pod_identity(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a pod in the default namespace, or with its namespace's default service account."""
    spec = pod_spec(resource)
    # A patch that names no service account does not change it.
    unnamed = "" if resource.type.endswith("Patch") else "default"
    if spec.get("serviceAccountName", unnamed) == "default":
        yield Violation("it runs as the default service account of its namespace", "a serviceAccountName of its own")
    if resource.props.inner("metadata").get("namespace", "default") == "default":
        yield Violation("it runs in namespace default", "a namespace of its own")


def account_token(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each service account, and each pod, with an automatically mounted API token."""
    if resource.type in WORKLOADS:
        if pod_spec(resource).get("automountServiceAccountToken") is True:
            yield Violation("it mounts a token for the Kubernetes API", "no automountServiceAccountToken")
    elif resource.props.get("automountServiceAccountToken") is not False:
        yield Violation("its pods mount a token for the Kubernetes API", "automountServiceAccountToken: false")


def no_plain_secrets(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each environment variable with a literal value that looks like a secret."""
    for container in containers(resource):
        for variable in container.objects("env"):
            if "value" in variable and (
                _SECRET_NAME.search(str(variable.get("name"))) or _SECRET_VALUE.search(str(variable.get("value")))
            ):
                yield Violation(f"the value of {variable.get('name')} is in the manifest", "a reference to a Secret")


def namespace_restricted(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a namespace that does not enforce the `restricted` Pod Security Standard."""
    label = "pod-security.kubernetes.io/enforce"
    if resource.props.inner("metadata", "labels").get(label) != "restricted":
        yield Violation("it does not enforce the restricted standard", f"label {label}: restricted")


def namespace_closed(namespace: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for a namespace without a network policy."""
    name = namespace.props.inner("metadata").get("name")
    for policy in stack.of("kubernetes:networking.k8s.io/v1:NetworkPolicy"):
        if namespace.urn in policy.references.get("metadata", ()):
            return
        if policy.props.inner("metadata").get("namespace") == name:
            return
    yield Violation(
        "traffic of its pods is not restricted", "a NetworkPolicy that denies all, and one per flow", namespace
    )


RULES = (
    Rule(
        "pod-hardened", "Pods meet the restricted Pod Security Standard",
        ("CIS EKS 4.2.1", "CIS EKS 4.2.5", "CIS EKS 4.5.2"), Level.ALWAYS, WORKLOADS, pod_hardened,
    ),
    Rule(
        "pod-off-host", "Pods use no host namespaces, paths or ports",
        ("CIS EKS 4.2.2", "CIS EKS 4.2.3", "CIS EKS 4.2.4"), Level.ALWAYS, WORKLOADS, pod_off_host,
    ),
    Rule("pod-resources", "Containers have requests and a memory limit", (), Level.ALWAYS, WORKLOADS, pod_resources),
    Rule("probe-on-own-port", "Probes ask ports of their container", (), Level.ALWAYS, WORKLOADS, probe_on_own_port),
    Rule(
        "pod-identity", "Pods use neither the default service account nor the default namespace",
        ("CIS EKS 4.1.5", "CIS EKS 4.5.3"), Level.ALWAYS, WORKLOADS, pod_identity,
    ),
    Rule(
        "account-token", "Kubernetes API tokens are not mounted automatically", ("CIS EKS 4.1.6",),
        Level.ALWAYS, ("kubernetes:core/v1:ServiceAccount", *WORKLOADS), account_token,
    ),
    Rule(
        "no-plain-secrets", "Manifests contain no secrets", ("CIS EKS 4.4.2",),
        Level.ALWAYS, WORKLOADS, no_plain_secrets,
    ),
    Rule(
        "namespace-restricted", "Namespaces enforce the restricted Pod Security Standard", ("CIS EKS 4.2.1",),
        Level.ALWAYS, ("kubernetes:core/v1:Namespace",), namespace_restricted,
    ),
    StackRule(
        "namespace-closed", "Namespaces have network policies", ("CIS EKS 4.3.2",),
        Level.ADVISED, ("kubernetes:core/v1:Namespace",), namespace_closed,
    ),
)  # fmt: skip
