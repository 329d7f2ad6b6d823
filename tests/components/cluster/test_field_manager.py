"""Every object of the program has one owner, also after a creation that was killed and repeated."""

from components.cluster.field_manager import ANNOTATION, FIELD_MANAGER
from tests.components.program import Deployed


def test_every_object_is_created_and_updated_under_one_name(deployed: Deployed) -> None:
    objects = [each for each in deployed.resources if each.type.startswith("kubernetes:")]
    named = [each for each in objects if not each.type.endswith((":Release", ":CustomResourceDefinitionPatch"))]
    assert named
    for each in named:
        assert FIELD_MANAGER.items() <= each.inputs["metadata"]["annotations"].items(), each.name


def test_what_is_there_keeps_its_owner(deployed: Deployed) -> None:
    """Another one would take what only the old one has: the replicas that no autoscaler has changed yet."""
    ignored = deployed.options["shop-backend-api-deployment"].ignore_changes or []
    assert f'metadata.annotations["{ANNOTATION}"]' in ignored
