"""The kubelet's question to ECR: was this image ever pushed?"""

import re

from emulator.kubernetes.controllers.context import Context

ANNOTATION = "emulator.openmarket/images"
IMAGE = "aws:ecr/image:Image"
"""Type of the stored objects that stand for pushed images; the id is the image's full name with its tag or digest."""

_PRIVATE_REGISTRY = re.compile(r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/")


def reconcile(context: Context) -> None:
    """Tell the pods with images from ECR whether they can be pulled; `stages/pods.yaml` acts on it."""
    for pod in context.api.list("v1", "Pod", fieldSelector="status.phase=Pending"):
        if not pod["spec"].get("nodeName") or pod["metadata"].get("deletionTimestamp"):
            continue
        containers = [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]
        private = {container["image"] for container in containers if _PRIVATE_REGISTRY.match(container["image"])}
        missing = sorted(image for image in private if context.store.get(IMAGE, image) is None)
        state = "missing" if missing else "pushed"
        if not private or pod["metadata"].get("annotations", {}).get(ANNOTATION) == state:
            continue
        for image in missing:
            message = f'Failed to pull image "{image}": rpc error: code = NotFound desc = {image}: not found'
            context.event(pod, "Warning", "Failed", message)
        context.api.patch(pod, {"metadata": {"annotations": {ANNOTATION: state}}})
