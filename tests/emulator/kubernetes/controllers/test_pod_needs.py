"""Images and configuration that a pod needs to start."""

from typing import Any

from emulator.kubernetes.controllers import pod_needs

REGISTRY = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com"


def pod(**container: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": "ns"}, "spec": {"containers": [{"name": "c", "image": "x", **container}]}}


def test_images_nobody_pushed() -> None:
    image = f"{REGISTRY}/openmarket-dev/web:1"
    assert pod_needs.missing_images(pod(), lambda _: False) == []
    assert pod_needs.missing_images(pod(image=image), lambda _: True) == []
    (obstacle,) = pod_needs.missing_images(pod(image=image), lambda _: False)
    assert obstacle.state == "ImagePullBackOff"
    assert image in obstacle.message


def test_configuration_must_exist() -> None:
    def of(source: dict[str, Any], **found: Any) -> list[str]:
        target = pod(env=[{"name": "X", "valueFrom": source}])
        return [each.message for each in pod_needs.missing_configuration(target, lambda _, name: found.get(name))]

    key = {"secretKeyRef": {"name": "s", "key": "k"}}
    assert of(key) == ['Error: secret "s" not found']
    assert of(key, s={"data": {"other": ""}}) == ["Error: couldn't find key k in Secret ns/s"]
    assert of(key, s={"data": {"k": ""}}) == []
    assert of({"secretKeyRef": {"name": "s", "key": "k", "optional": True}}) == []
    assert of({"fieldRef": {"fieldPath": "metadata.name"}}) == []
