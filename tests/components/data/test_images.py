"""Image repositories."""

import json

from tests.components.program import Deployed, stack_file


def test_a_repository_per_service(deployed: Deployed) -> None:
    stack = deployed.outputs["namespace"].removeprefix("openmarket-")
    names = {repository.inputs["name"] for repository in deployed.of("ecr/repository:Repository")}
    assert names == {f"openmarket-{stack}/{service}" for service in stack_file(stack)["openmarket:services"]}
    for service, url in deployed.outputs["ecr_repositories"].items():
        assert url.endswith(f".amazonaws.com/openmarket-{stack}/{service}")


def test_tags_stay_what_they_are_except_for_one(dev: Deployed) -> None:
    for repository in dev.of("ecr/repository:Repository"):
        assert repository.inputs["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
        (exclusion,) = repository.inputs["imageTagMutabilityExclusionFilters"]
        assert exclusion == {"filter": "dev-latest", "filterType": "WILDCARD"}
        assert repository.inputs["imageScanningConfiguration"] == {"scanOnPush": True}


def test_old_images_go(dev: Deployed) -> None:
    for lifecycle in dev.of("ecr/lifecyclePolicy:LifecyclePolicy"):
        untagged, releases = (rule["selection"] for rule in json.loads(lifecycle.inputs["policy"])["rules"])
        assert (untagged["tagStatus"], untagged["countNumber"], untagged["countUnit"]) == ("untagged", 7, "days")
        assert (releases["countType"], releases["countNumber"]) == ("imageCountMoreThan", 30)


def test_only_nodes_pull(deployed: Deployed) -> None:
    assert not deployed.of("ecr/repositoryPolicy:RepositoryPolicy")
    pulling = [
        attachment.name
        for attachment in deployed.of("rolePolicyAttachment:RolePolicyAttachment")
        if "ContainerRegistry" in attachment.inputs["policyArn"]
    ]
    assert pulling == ["cluster-nodes-images"]
    policies = [policy.inputs["policy"] for policy in deployed.of("rolePolicy:RolePolicy")]
    assert not any("ecr:" in policy for policy in policies)
