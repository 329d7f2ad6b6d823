"""EKS: clusters, node groups, add-ons and access entries. What they do is in `emulator/aws/eks_*.py`."""

from typing import Any

from emulator.aws import addon_versions, eks_access, eks_clusters, eks_node_groups
from emulator.aws.eks_addons import install_addon, remove_addon, update_addon
from emulator.aws.resource_type import Context, Reference, ResourceType, because, named
from emulator.aws.tokens import (
    ACCESS_ENTRY,
    ACCESS_POLICY_ASSOCIATION,
    ADDON,
    CLUSTER,
    KEY,
    LAUNCH_TEMPLATE,
    NODE_GROUP,
    ROLE,
    SECURITY_GROUP,
    SUBNET,
)  # fmt: skip
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

_IN_CLUSTER = Reference("clusterName", CLUSTER, holds=False)


def _part(kind: str, *properties: str) -> Any:
    """Outputs of what lives in a cluster: its ARN ends in a UUID-like part as EKS gives it."""

    def outputs(context: Context) -> dict[str, Any]:
        path = "/".join(str(context.inputs[name]) for name in ("clusterName", *properties))
        unique = context.uuid("uuid")
        return {
            "arn": context.arn("eks", f"{kind}/{path}/{unique}"),
            "createdAt": context.created,
            "modifiedAt": context.created,
        }

    return outputs


def _addon(context: Context) -> dict[str, Any]:
    cluster = context.find(CLUSTER, str(context.inputs["clusterName"]))
    version = context.previous.get("addonVersion") or addon_versions.default(
        cluster.get("version", eks_clusters.DEFAULT_VERSION), str(context.inputs["addonName"])
    )
    return _part("addon", "addonName")(context) | {"addonVersion": context.inputs.get("addonVersion", version)}


def _access_entry(context: Context) -> dict[str, Any]:
    outputs = _part("access-entry")(context)
    principal = str(context.inputs["principalArn"])
    return {
        "accessEntryArn": outputs.pop("arn"), "kubernetesGroups": context.inputs.get("kubernetesGroups", []),
        "userName": context.inputs.get("userName", eks_access.user_name(principal)),
    } | outputs  # fmt: skip


def _entry_requires(transaction: Transaction, stored: StoredObject) -> None:
    cluster = transaction.get(CLUSTER, stored.inputs["clusterName"])
    if cluster and cluster.outputs["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
        raise ProviderError(
            "InvalidRequestException: The cluster's authentication mode must be set to one of "
            "[API, API_AND_CONFIG_MAP] to perform this operation."
        )


def _association_requires(transaction: Transaction, stored: StoredObject) -> None:
    cluster, principal = stored.inputs["clusterName"], stored.inputs["principalArn"]
    if transaction.get(ACCESS_ENTRY, f"{cluster}:{principal}") is None:
        raise ProviderError(f"ResourceNotFoundException: cluster {cluster} has no access entry for {principal}")
    if not str(stored.inputs["policyArn"]).startswith(eks_access.POLICIES):
        raise ProviderError(
            f"InvalidParameterException: policyArn {stored.inputs['policyArn']} must begin with {eks_access.POLICIES}"
        )


_ASSOCIATION = because(
    "an association is nothing but these values", "clusterName", "principalArn", "policyArn", "accessScope"
)

TYPES = (
    ResourceType(
        type=CLUSTER, oracle="AWS::EKS::Cluster", id=named(), name_property="name", seconds=(608, 120),
        names={
            "ResourcesVpcConfig": "vpcConfig", "Logging": "", "Force": "forceUpdateVersion", "RollbackConfig": "",
            "KubernetesNetworkConfig/ServiceIpv6Cidr": "kubernetesNetworkConfig.serviceIpv6Cidr",
        },
        updates_in_place={
            "encryptionConfig": "the provider adds one, and does nothing in AWS when it changes",
        },
        replaces_when={"encryptionConfig": lambda old, new: bool(old) and not new},
        kept=("version",),
        defaults={"deletionProtection": False, "bootstrapSelfManagedAddons": True, "enabledClusterLogTypes": []},
        outputs=eks_clusters.outputs, requires=eks_clusters.requires, created=eks_clusters.start,
        updated=eks_clusters.update, deleted=eks_clusters.stop, refuses_delete=eks_clusters.refuses_delete,
        references=(
            Reference("roleArn", ROLE, "arn", holds=False), Reference("vpcConfig.subnetIds", SUBNET, holds=False),
            Reference("vpcConfig.securityGroupIds", SECURITY_GROUP, holds=False),
            Reference("encryptionConfig.provider.keyArn", KEY, "arn", holds=False),
        ),
    ),
    ResourceType(
        type=NODE_GROUP, oracle="AWS::EKS::Nodegroup", seconds=(119, 380),
        id=lambda context: f"{context.inputs['clusterName']}:{context.inputs['nodeGroupName']}",
        name_property="nodeGroupName",
        names={
            "NodegroupName": "nodeGroupName", "NodeRole": "nodeRoleArn", "Subnets": "subnetIds",
            "ForceUpdateEnabled": "forceUpdateVersion",
        },
        also_replaces={
            "launchTemplate.id": "EKS refuses another template; only the version of the same one can change",
            "launchTemplate.name": "EKS refuses another template; only the version of the same one can change",
        },
        kept=("version",),
        outputs=eks_node_groups.outputs, requires=eks_node_groups.requires, created=eks_node_groups.join,
        updated=eks_node_groups.update, deleted=eks_node_groups.leave,
        references=(
            Reference("clusterName", CLUSTER), Reference("nodeRoleArn", ROLE, "arn", holds=False),
            Reference("subnetIds", SUBNET, holds=False), Reference("launchTemplate.id", LAUNCH_TEMPLATE, holds=False),
        ),
    ),
    ResourceType(
        type=ADDON, oracle="AWS::EKS::Addon", deletes_first=True, seconds=(25, 9), outputs=_addon,
        id=lambda context: f"{context.inputs['clusterName']}:{context.inputs['addonName']}",
        names={"PreserveOnDelete": "preserve", "ResolveConflicts": ""},
        created=install_addon, updated=update_addon, deleted=remove_addon,
        references=(_IN_CLUSTER, Reference("serviceAccountRoleArn", ROLE, "arn", holds=False)),
    ),
    ResourceType(
        type=ACCESS_ENTRY, oracle="AWS::EKS::AccessEntry", deletes_first=True, outputs=_access_entry,
        id=lambda context: f"{context.inputs['clusterName']}:{context.inputs['principalArn']}",
        names={"Username": "userName", "AccessPolicies": ""}, defaults={"type": "STANDARD"}, references=(_IN_CLUSTER,),
        duplicate=(
            "ResourceInUseException: The specified access entry resource is already in use on this cluster."
        ),
        requires=_entry_requires,
    ),
    ResourceType(
        type=ACCESS_POLICY_ASSOCIATION, taggable=False, puts=True,
        id=lambda context: "#".join(str(context.inputs[name]) for name in ("clusterName", "principalArn", "policyArn")),
        also_replaces=_ASSOCIATION, deletes_first=True, requires=_association_requires, references=(_IN_CLUSTER,),
        outputs=lambda context: {"associatedAt": context.created, "modifiedAt": context.created},
    ),
)  # fmt: skip
