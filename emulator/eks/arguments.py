"""The arguments of `eks.Cluster` that the emulator implements, and the values of them."""

from collections.abc import Mapping
from typing import Any, cast

from emulator.plugins.provider import Failure

PASSED_ON = frozenset({
    "accessEntries", "authenticationMode", "bootstrapSelfManagedAddons", "clusterTags", "createOidcProvider",
    "deletionProtection", "enabledClusterLogTypes", "encryptionConfigKeyArn", "endpointPrivateAccess",
    "endpointPublicAccess", "kubernetesServiceIpAddressRange", "name", "privateSubnetIds", "publicAccessCidrs",
    "publicSubnetIds", "subnetIds", "tags", "upgradePolicy", "version", "vpcId",
})  # fmt: skip
"""The arguments from which the component creates its children."""

_Options = Mapping[str, Any]
_DISABLED: _Options = {"enabled": False}

FIXED: Mapping[str, tuple[Any, str]] = {
    "skipDefaultNodeGroup": (True, "node groups are resources of their own"),
    "skipDefaultSecurityGroups": (True, "nodes use the security group that EKS creates"),
    "useDefaultVpcCni": (True, "the vpc-cni add-on is a resource of its own"),
    "kubeProxyAddonOptions": (_DISABLED, "the kube-proxy add-on is a resource of its own"),
    "corednsAddonOptions": (_DISABLED, "the coredns add-on would wait for nodes inside the component, for ever"),
}
"""Arguments for what the component creates by default and the emulator does not: only these values are accepted."""


def _is(given: Any, wanted: Any) -> bool:
    # The SDK adds defaults of its own to the options of an add-on, which mean nothing once it is off.
    if isinstance(given, Mapping) and isinstance(wanted, Mapping):
        return all(cast(_Options, given).get(key) == value for key, value in cast(_Options, wanted).items())
    return given == wanted


def problems(arguments: Mapping[str, Any]) -> list[Failure]:
    """Yield the arguments that the emulator does not implement."""
    found = [
        Failure(name, f"the emulator builds eks.Cluster with {value!r} only: {reason}")
        for name, (value, reason) in FIXED.items()
        if not _is(arguments.get(name), value)
    ]
    found += [
        Failure(name, "the emulator's eks.Cluster does not know this argument: add it to emulator/eks/arguments.py")
        for name in sorted(set(arguments) - PASSED_ON - set(FIXED))
        if arguments[name] is not None
    ]
    if arguments.get("authenticationMode") != "API":
        found.append(Failure("authenticationMode", "the emulator builds eks.Cluster with 'API' only"))
    if "subnetIds" in arguments and ("publicSubnetIds" in arguments or "privateSubnetIds" in arguments):
        found.append(Failure("subnetIds", "eks.Cluster takes these or public and private subnets, not both"))
    return found
