"""The custom resource definitions of charts: upgraded before the release, kept after it, and no surprise."""

import pytest

from components.addons import catalogue
from components.addons.parts import Chart
from components.platform import definitions
from emulator.mocks import chart_definitions
from tests.components.program import Deployed, stack_file, with_settings

PATCH = "apiextensions.k8s.io/v1:CustomResourceDefinitionPatch"
RELEASE = "helm.sh/v3:Release"


def test_a_release_comes_after_the_definitions_of_its_version(prod: Deployed) -> None:
    for release in prod.of(RELEASE):
        before = {name for name in prod.waits_for(release.name) if name.startswith(release.name.rpartition("-")[0])}
        own = [each.name for each in prod.of(PATCH) if each.name.startswith(release.name.removesuffix("release"))]
        assert set(own) <= before
    assert {each.inputs["metadata"]["name"].partition(".")[2] for each in prod.of(PATCH)} >= {
        "elbv2.k8s.aws", "monitoring.coreos.com",
    }  # fmt: skip


def test_definitions_outlive_the_stack(prod: Deployed) -> None:
    made = prod.of(PATCH)
    assert made
    assert all(prod.options[each.name].retain_on_delete for each in made)


def test_definitions_are_taken_over_from_whoever_left_them(prod: Deployed) -> None:
    annotations = [each.inputs["metadata"]["annotations"] for each in prod.of(PATCH)]
    assert all(each["pulumi.com/patchForce"] == "true" for each in annotations)


def test_definitions_are_whole_but_for_texts(prod: Deployed) -> None:
    (bindings,) = (e for e in prod.of(PATCH) if e.inputs["metadata"]["name"] == "targetgroupbindings.elbv2.k8s.aws")
    specification = bindings.inputs["spec"]
    assert specification["names"]["kind"] == "TargetGroupBinding"
    assert any(version["storage"] for version in specification["versions"])


def test_definitions_in_a_group_of_kubernetes_have_its_approval() -> None:
    switched = stack_file("dev")["openmarket:addons"]["verticalPodAutoscaler"] | {"enabled": True}
    made = with_settings("addons", verticalPodAutoscaler=switched).of(PATCH)
    metadata = [each.inputs["metadata"] for each in made if each.inputs["metadata"]["name"].endswith(".k8s.io")]
    assert len(metadata) == 2
    assert all("api-approved.kubernetes.io" in each["annotations"] for each in metadata)


def test_a_property_called_description_stays() -> None:
    schema = {"description": "text", "properties": {"description": {"type": "string", "description": "text"}}}
    assert definitions.without_descriptions([schema]) == [{"properties": {"description": {"type": "string"}}}]


@pytest.mark.parametrize(
    ("brings", "said"),
    [
        (["a.x"], "chart c 1.2.3 lacks b.x: set"),
        (["a.x", "b.x", "c.x"], "chart c 1.2.3 brings c.x besides: set"),
        (["b.x", "c.x"], "chart c 1.2.3 lacks a.x and brings c.x besides: set"),
    ],
)
def test_a_version_with_other_definitions_is_refused_by_name(brings: list[str], said: str) -> None:
    chart = Chart("c", "1.2.3", "https://charts.example.com", definitions=("a.x", "b.x"))
    objects = [{"kind": "CustomResourceDefinition", "metadata": {"name": each}, "spec": {}} for each in brings]
    with pytest.raises(ValueError, match=said):
        definitions.by_chart(chart, objects)
    assert definitions.by_chart(chart, []) == {}


def test_every_chart_with_definitions_in_its_folder_names_them() -> None:
    for addon in catalogue.ALL:
        if isinstance(addon.source, Chart):
            there = {each["metadata"]["name"] for each in chart_definitions(addon.source.name)}
            assert set(addon.source.definitions) == there, addon.source.name
