"""What pods may do on their nodes and in the cluster."""

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
"""Types that make pods, each with the way to the pod's metadata and spec."""

_TEMPLATES = _KINDS | {f"{kind}Patch": way for kind, way in _KINDS.items()}
"""The same with the types that change what another made. They are judged alone, so they repeat what keeps a rule."""

WORKLOADS = tuple(_TEMPLATES)

_SECRET_NAME = re.compile(
    r"(PASSWORD|PASSWD|(^|_)PASS|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)(_FOR_\w+)?$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
"""A URL with a password in it."""

_SAFE_SYSCTLS = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
}


def pod_spec(resource: Resource) -> Values:
    """The spec of the pods that it makes."""
    return resource.props.inner(*_TEMPLATES[resource.type], "spec")


def containers(resource: Resource) -> Iterator[Values]:
    """All containers of the pods that it makes."""
    spec = pod_spec(resource)
    yield from spec.objects("initContainers")
    yield from spec.objects("containers")
    yield from spec.objects("ephemeralContainers")


def pod_hardened(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each freedom of a container that the `restricted` Pod Security Standard takes away."""
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
            yield Violation(f"{name} sees all of /proc", "procMount: Default")
        if own.get("readOnlyRootFilesystem") is not True:
            yield Violation(f"{name} may change its own files", "readOnlyRootFilesystem: true")
        if "ALL" not in (own.inner("capabilities").get("drop") or ()):
            yield Violation(f"{name} keeps Linux capabilities", "capabilities.drop: ALL")
        if added := set(own.inner("capabilities").get("add") or ()) - {"NET_BIND_SERVICE"}:
            yield Violation(f"{name} gets {', '.join(sorted(added))}", "no capabilities.add but NET_BIND_SERVICE")
        profile = own.inner("seccompProfile").get("type", pod.inner("seccompProfile").get("type"))
        if profile not in {"RuntimeDefault", "Localhost"}:
            yield Violation(f"{name} may make every system call", "seccompProfile.type: RuntimeDefault")


def pod_off_host(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each thing of its node's that a pod shares."""
    spec = pod_spec(resource)
    for setting in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(setting) is True:
            yield Violation(f"it shares its node's {setting.removeprefix('host')}", f"{setting}: false")
    for volume in spec.objects("volumes"):
        if "hostPath" in volume:
            yield Violation(f"volume {volume.get('name')} is a folder of the node", "another kind of volume")
    for container in containers(resource):
        for port in container.objects("ports"):
            if port.get("hostPort"):
                yield Violation(f"it takes port {port.get('hostPort')} of its node", "a Service")
    for sysctl in spec.inner("securityContext").objects("sysctls"):
        if sysctl.get("name") not in _SAFE_SYSCTLS:
            yield Violation(f"it sets its node's {sysctl.get('name')}", "no sysctl that the node shares")


def pod_resources(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a container that could take a node's memory from the others."""
    for container in containers(resource):
        name, resources = f"container {container.get('name')}", container.inner("resources")
        if not {"cpu", "memory"} <= set(resources.inner("requests")):
            yield Violation(f"{name} does not say what it needs", "resources.requests with cpu and memory")
        if "memory" not in resources.inner("limits"):
            yield Violation(f"{name} may take all memory", "resources.limits with memory")


def pod_identity(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a pod with the API credentials of an account that is not its own."""
    spec = pod_spec(resource)
    # A patch leaves the account that it does not name as it is.
    unnamed = "" if resource.type.endswith("Patch") else "default"
    if spec.get("serviceAccountName", unnamed) == "default":
        yield Violation("it runs as the namespace's default account", "a serviceAccountName of its own")
    if resource.props.inner("metadata").get("namespace", "default") == "default":
        yield Violation("it runs in namespace default", "a namespace of its own")


def account_token(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for an account whose Kubernetes token every pod gets, and for a pod that asks for it."""
    if resource.type in WORKLOADS:
        if pod_spec(resource).get("automountServiceAccountToken") is True:
            yield Violation("it gets a token for the Kubernetes API", "no automountServiceAccountToken")
    elif resource.props.get("automountServiceAccountToken") is not False:
        yield Violation("its pods get a token for the Kubernetes API", "automountServiceAccountToken: false")


def no_plain_secrets(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each variable that is a secret, by its name or its value, and stands in the manifest."""
    for container in containers(resource):
        for variable in container.objects("env"):
            if "value" in variable and (
                _SECRET_NAME.search(str(variable.get("name"))) or _SECRET_VALUE.search(str(variable.get("value")))
            ):
                yield Violation(f"{variable.get('name')} stands in the manifest", "a reference to a Secret")


def namespace_restricted(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a namespace that admits pods with more than the `restricted` freedoms."""
    label = "pod-security.kubernetes.io/enforce"
    if resource.props.inner("metadata", "labels").get(label) != "restricted":
        yield Violation("it admits privileged pods", f"label {label}: restricted")


def namespace_closed(namespace: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for a namespace in which every pod may talk to everybody."""
    name = namespace.props.inner("metadata").get("name")
    for policy in stack.of("kubernetes:networking.k8s.io/v1:NetworkPolicy"):
        if namespace.urn in policy.references.get("metadata", ()):
            return
        if policy.props.inner("metadata").get("namespace") == name:
            return
    yield Violation("its pods may talk to everybody", "a NetworkPolicy that denies, and one per flow", namespace)


RULES = (
    Rule(
        "pod-hardened", "Pods keep to the restricted Pod Security Standard",
        ("CIS EKS 4.2.1", "CIS EKS 4.2.5", "CIS EKS 4.5.2"), Level.ALWAYS, WORKLOADS, pod_hardened,
    ),
    Rule(
        "pod-off-host", "Pods share nothing of their nodes", ("CIS EKS 4.2.2", "CIS EKS 4.2.3", "CIS EKS 4.2.4"),
        Level.ALWAYS, WORKLOADS, pod_off_host,
    ),
    Rule("pod-resources", "Pods say what they need", (), Level.ALWAYS, WORKLOADS, pod_resources),
    Rule(
        "pod-identity", "Pods have their own account and namespace", ("CIS EKS 4.1.5", "CIS EKS 4.5.3"),
        Level.ALWAYS, WORKLOADS, pod_identity,
    ),
    Rule(
        "account-token", "Pods get no token that they do not need", ("CIS EKS 4.1.6",),
        Level.ALWAYS, ("kubernetes:core/v1:ServiceAccount", *WORKLOADS), account_token,
    ),
    Rule(
        "no-plain-secrets", "No secret stands in a manifest", ("CIS EKS 4.4.2",),
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
