"""Which arguments of `eks.Cluster` the emulator builds, and which values of them."""

from collections.abc import Mapping
from typing import Any, cast

PASSED_ON = frozenset({
    "accessEntries", "authenticationMode", "bootstrapSelfManagedAddons", "clusterTags", "createOidcProvider",
    "deletionProtection", "enabledClusterLogTypes", "encryptionConfigKeyArn", "endpointPrivateAccess",
    "endpointPublicAccess", "kubernetesServiceIpAddressRange", "name", "privateSubnetIds", "publicAccessCidrs",
    "publicSubnetIds", "subnetIds", "tags", "upgradePolicy", "version", "vpcId",
})  # fmt: skip
"""What the component builds its children from."""

_DISABLED = {"enabled": False}

FIXED: Mapping[str, tuple[Any, str]] = {
    "skipDefaultNodeGroup": (True, "node groups are resources of their own"),
    "skipDefaultSecurityGroups": (True, "nodes use the security group that EKS creates"),
    "useDefaultVpcCni": (True, "the vpc-cni add-on is a resource of its own"),
    "kubeProxyAddonOptions": (_DISABLED, "the kube-proxy add-on is a resource of its own"),
    "corednsAddonOptions": (_DISABLED, "the coredns add-on would wait for nodes inside the component, for ever"),
}
"""What the component makes by default and the emulator does not: only these values are known."""

_OPTIONAL = {"createInstanceRole": False}


def problems(arguments: Mapping[str, Any]) -> list[str]:
    """What the emulator cannot build, in sentences that name the argument."""
    found = [
        f"the emulator's eks.Cluster needs {name}={value!r} ({reason}); it is {arguments.get(name)!r}"
        for name, (value, reason) in FIXED.items()
        if _without_sdk_defaults(arguments.get(name)) != value
    ]
    unknown = sorted(set(arguments) - PASSED_ON - set(FIXED))
    found += [
        f"the emulator's eks.Cluster does not know the argument {name}: add it to emulator/eks/arguments.py"
        for name in unknown
        if arguments[name] is not None and _OPTIONAL.get(name) != arguments[name]
    ]
    if arguments.get("authenticationMode") != "API":
        mode = arguments.get("authenticationMode")
        found.append(f"the emulator's eks.Cluster knows authenticationMode='API' only; it is {mode!r}")
    if "subnetIds" in arguments and ("publicSubnetIds" in arguments or "privateSubnetIds" in arguments):
        found.append("eks.Cluster takes either subnetIds or publicSubnetIds and privateSubnetIds, not both")
    return found


def _without_sdk_defaults(value: Any) -> Any:
    """Add-on options without what the SDK fills in, which is of no matter to an add-on that is switched off."""
    if isinstance(value, Mapping):
        options = cast(Mapping[str, Any], value)
        return {key: item for key, item in options.items() if not key.startswith("resolveConflictsOn")}
    return value
