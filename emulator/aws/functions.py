"""The provider's functions (data sources) that programs call."""

from collections.abc import Callable

from emulator.aws import instance_types, load_balancers, network_functions, store_functions, target_groups
from emulator.aws.iam import Finder
from emulator.aws.identity import DNS_SUFFIX, PARTITION, Identity
from emulator.aws.tokens import CLUSTER, LOAD_BALANCER, NODE_GROUP
from emulator.plugins.provider import Properties, ProviderError
from emulator.store import StoredObject

ZONES = {"ap-northeast-2": "abcd", "us-east-1": "abcdef"}
"""Letters of a region's zones; other regions have three here."""

_LOAD_BALANCER_ZONES = {"ap-northeast-2": "ZWKZPGTI48KDX", "us-east-1": "Z35SXDOTRQ7X7K"}
"""Route 53's zones of application load balancers: https://docs.aws.amazon.com/general/latest/gr/elb.html"""


def _caller_identity(identity: Identity, _arguments: Properties) -> Properties:
    arn = identity.caller_arn
    return {"accountId": identity.account, "arn": arn, "userId": "AROAEMULATED:emulator", "id": identity.account}


def _region(identity: Identity, arguments: Properties) -> Properties:
    region = arguments.get("region") or identity.region
    return {
        "region": region, "name": region, "id": region, "description": region,
        "endpoint": f"ec2.{region}.{DNS_SUFFIX}",
    }  # fmt: skip


def _partition(_identity: Identity, _arguments: Properties) -> Properties:
    return {
        "partition": PARTITION, "dnsSuffix": DNS_SUFFIX, "id": PARTITION,
        "reverseDnsPrefix": ".".join(reversed(DNS_SUFFIX.split("."))),
    }  # fmt: skip


def _availability_zones(identity: Identity, arguments: Properties) -> Properties:
    unknown = set(arguments) - {"state", "region"}
    if unknown:
        raise ProviderError(f"The emulator's getAvailabilityZones does not know the arguments {sorted(unknown)}")
    region = arguments.get("region") or identity.region
    letters = ZONES.get(region, "abc")
    ids = [f"{_zone_id_prefix(region)}-az{number}" for number in range(1, len(letters) + 1)]
    return {"names": [f"{region}{letter}" for letter in letters], "zoneIds": ids, "groupNames": [region], "id": region,
            "region": region}  # fmt: skip


def _zone_id_prefix(region: str) -> str:
    """`apne2` for ap-northeast-2."""
    area, direction, number = region.split("-")
    return area + "".join(part[0] for part in (direction[:5], direction[5:]) if part) + number


def _instance_type(_identity: Identity, arguments: Properties) -> Properties:
    found = instance_types.lookup(arguments["instanceType"])
    return {
        "id": found.name, "instanceType": found.name,
        "defaultVcpus": found.vcpu, "memorySize": int(found.memory * 1024),
        "maximumNetworkInterfaces": found.interfaces, "maximumIpv4AddressesPerInterface": found.addresses,
        "supportedArchitectures": ["x86_64" if found.architecture == "amd64" else found.architecture],
    }  # fmt: skip


def _instance_types(identity: Identity, arguments: Properties) -> Properties:
    """Returns those of the requested types that the emulator knows."""
    asked = [filter_["values"] for filter_ in arguments.get("filters", []) if filter_["name"] == "instance-type"]
    if set(arguments) != {"filters"} or len(asked) != len(arguments["filters"]):
        raise ProviderError("The emulator's getInstanceTypes knows the filter instance-type only")
    found = sorted(name for name in instance_types.TYPES if all(name in values for values in asked))
    return {"id": identity.region, "region": identity.region, "instanceTypes": found}


def _load_balancer_zone(identity: Identity, arguments: Properties) -> Properties:
    region, kind = arguments.get("region") or identity.region, arguments.get("loadBalancerType", "application")
    zone = _LOAD_BALANCER_ZONES.get(region)
    if zone is None or kind != "application":
        raise ProviderError(f"The emulator does not know the hosted zone of {kind} load balancers in {region}")
    return {"id": zone, "region": region, "loadBalancerType": kind}


def _region_of(stored: StoredObject) -> str:
    return str(stored.outputs["arn"]).split(":")[3]


def _clusters(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    region = arguments.get("region") or identity.region
    found = account.find(CLUSTER) if account else []
    names = sorted(cluster.id for cluster in found if _region_of(cluster) == region)
    return {"id": region, "region": region, "names": names}


def _cluster(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    region, name = arguments.get("region") or identity.region, arguments["name"]
    found = next((each for each in (account.find(CLUSTER) if account else []) if each.id == name), None)
    if found is None or _region_of(found) != region:
        raise ProviderError(f"reading EKS Cluster ({name}): couldn't find resource")
    outputs = found.outputs
    same = ("arn", "createdAt", "deletionProtection", "enabledClusterLogTypes", "endpoint", "identities", "name",
            "platformVersion", "roleArn", "status", "version", "vpcConfig")  # fmt: skip
    lists = {
        "accessConfigs": "accessConfig", "certificateAuthorities": "certificateAuthority",
        "kubernetesNetworkConfigs": "kubernetesNetworkConfig", "upgradePolicies": "upgradePolicy",
    }  # fmt: skip
    return {
        "id": name, "region": region, "tags": outputs.get("tagsAll", {}),
        **{key: outputs[key] for key in same if key in outputs},
        **{key: [outputs[output]] for key, output in lists.items() if output in outputs},
    }  # fmt: skip


def _node_groups(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    cluster = str(_cluster(identity, {**arguments, "name": arguments["clusterName"]}, account)["name"])
    found = account.find(NODE_GROUP, clusterName=cluster) if account else []
    names = sorted(str(each.outputs["nodeGroupName"]) for each in found)
    return {"id": cluster, "region": identity.region, "clusterName": cluster, "names": names}


def _node_group(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    cluster, name = arguments["clusterName"], arguments["nodeGroupName"]
    found = account.find(NODE_GROUP, clusterName=cluster, nodeGroupName=name) if account else []
    if not found:
        raise ProviderError(f"reading EKS Node Group ({cluster}:{name}): couldn't find resource")
    outputs = found[0].outputs
    same = ("amiType", "arn", "capacityType", "clusterName", "instanceTypes", "labels", "nodeGroupName", "nodeRoleArn",
            "releaseVersion", "resources", "status", "subnetIds", "taints", "version")  # fmt: skip
    return {
        "id": found[0].id, "region": identity.region, "tags": outputs.get("tagsAll", {}),
        "scalingConfigs": [outputs["scalingConfig"]],
        **{key: outputs[key] for key in same if key in outputs},
    }  # fmt: skip


def _load_balancers(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    """Returns the ARNs of the load balancers that have all of the tags."""
    region, tags = arguments.get("region") or identity.region, (arguments.get("tags") or {}).items()
    everywhere = account.find(LOAD_BALANCER) if account else []
    found = [each for each in everywhere if tags <= each.outputs["tags"].items()]
    arns = [load_balancers.arn(each, region, identity.account) for each in found]
    return {"id": region, "region": region, "arns": sorted(arns)}


def _resources(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    """Returns the target groups that have all of the tags."""
    tags = {each["key"]: each["values"] for each in arguments.get("tagFilters") or []}
    if arguments.get("resourceTypeFilters") != [target_groups.TYPE] or any(len(each) != 1 for each in tags.values()):
        raise ProviderError(
            f"The emulator's getResources knows the type {target_groups.TYPE} only, and tags with one value"
        )
    wanted = {key: str(values[0]) for key, values in tags.items()}
    found = [
        {"resourceArn": arn, "tags": dict(each), "complianceDetails": []}
        for arn, each in (target_groups.tagged(account, wanted) if account else ())
    ]
    return {"id": identity.region, "region": identity.region, "resourceTagMappingLists": found}


_OF_THE_ACCOUNT: dict[str, Callable[[Identity, Properties, Finder | None], Properties]] = {
    **network_functions.FUNCTIONS,
    **store_functions.FUNCTIONS,
    "aws:eks/getCluster:getCluster": _cluster,
    "aws:eks/getClusters:getClusters": _clusters,
    "aws:eks/getNodeGroup:getNodeGroup": _node_group,
    "aws:eks/getNodeGroups:getNodeGroups": _node_groups,
    "aws:lb/getLbs:getLbs": _load_balancers,
    "aws:resourcegroupstaggingapi/getResources:getResources": _resources,
}
"""Functions whose answer depends on the account's objects. Without an account, there are none."""

_FUNCTIONS: dict[str, Callable[[Identity, Properties], Properties]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:ec2/getInstanceType:getInstanceType": _instance_type,
    "aws:ec2/getInstanceTypes:getInstanceTypes": _instance_types,
    "aws:lb/getHostedZoneId:getHostedZoneId": _load_balancer_zone,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
}


def invoke(identity: Identity, token: str, arguments: Properties, account: Finder | None = None) -> Properties:
    """Answer a function. Without an account, as in one that is empty.

    Raises:
        ProviderError: The emulator does not know it.
    """
    if token in _OF_THE_ACCOUNT:
        return _OF_THE_ACCOUNT[token](identity, arguments, account)
    function = _FUNCTIONS.get(token)
    if function is None:
        raise ProviderError(f"The emulator does not know the function {token}: add it to emulator/aws/functions.py")
    return function(identity, arguments)
