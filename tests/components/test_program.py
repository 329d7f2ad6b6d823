"""`__main__.py` as a whole, for every stack."""

from tests.components.program import ALB_DNS, PROJECT, Deployed

OUTPUTS = {
    *("alb_dns", "urls", "region", "vpc_id", "cluster_name", "namespace", "kubeconfig"),
    *("database_endpoint", "database_reader_endpoint", "redis_endpoint", "uploads_bucket", "assets_bucket"),
    *("cdn_domain", "ecr_repositories", "role_arns", "alarm_topics"),
}


def test_outputs(deployed: Deployed) -> None:
    assert set(deployed.outputs) == OUTPUTS
    assert deployed.outputs["alb_dns"] == ALB_DNS
    assert deployed.outputs["region"] == "ap-northeast-2"
    assert deployed.outputs["vpc_id"].startswith("vpc-")
    stack = deployed.outputs["namespace"].removeprefix("openmarket-")
    assert deployed.outputs["cluster_name"] == f"openmarket-{stack}-eks"


def test_every_resource_is_part_of_a_component(deployed: Deployed) -> None:
    for resource in deployed.resources:
        if resource.name not in deployed.options or resource.name == "cluster-eks-eksCluster":
            continue  # made by the mock of the remote component
        is_component_of_ours = resource.type.startswith("openmarket:")
        assert is_component_of_ours or deployed.parent(resource.name), f"{resource.name} has no parent"


def test_names_start_with_the_parents(deployed: Deployed) -> None:
    for resource in deployed.resources:
        parent = deployed.parent(resource.name) if resource.name in deployed.options else None
        # An object without a name of its own gets one that starts with its resource's: kubectl shows that.
        generated = resource.type.startswith("kubernetes:") and "name" not in resource.inputs.get("metadata", {"name"})
        if parent and not generated and resource.type != "kubernetes:core/v1:Service":
            assert resource.name.startswith(f"{parent}-")


def test_names_are_unique(deployed: Deployed) -> None:
    names = [resource.name for resource in deployed.resources]
    assert len(names) == len(set(names))


_ZONE_OF_ALIASES = "aws:lb/getHostedZoneId:getHostedZoneId"
"""Known for each region, but only to AWS and its provider."""


def test_nothing_is_asked_of_aws_that_configuration_knows(deployed: Deployed) -> None:
    asked = {token for token in deployed.invoked if token.startswith("aws:")}
    assert asked - {_ZONE_OF_ALIASES} == {
        "aws:index/getCallerIdentity:getCallerIdentity",
        # Whether there is the cluster already: what it has decides on what may change.
        "aws:eks/getClusters:getClusters",
        # What a node has room for.
        "aws:ec2/getInstanceType:getInstanceType",
        "aws:ec2/getInstanceTypes:getInstanceTypes",
        # The load balancer that the controller made, whose ARN nobody else knows.
        "aws:lb/getLbs:getLbs",
    }


def test_what_people_look_for_in_the_console_has_a_name(deployed: Deployed) -> None:
    for kind in ("vpc", "subnet", "internetGateway", "natGateway", "eip", "routeTable", "securityGroup", "vpcEndpoint"):
        resources = [resource for resource in deployed.resources if resource.type.startswith(f"aws:ec2/{kind}:")]
        assert resources
        for resource in resources:
            assert resource.inputs["tags"]["Name"].startswith("openmarket-"), f"{resource.name} has no Name tag"


def test_the_program_is_no_longer_than_any_other_file() -> None:
    assert len((PROJECT / "__main__.py").read_text().splitlines()) <= 210
