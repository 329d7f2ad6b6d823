"""Implements the emulator's `aws ecr`."""

import argparse
import json

from emulator.aws import images
from emulator.plugins.provider import ProviderError
from emulator.store import Store, StoredObject


def login_password(_store: Store, _arguments: argparse.Namespace) -> str:
    """A password that opens nothing."""
    return "emulated"


def describe_images(store: Store, arguments: argparse.Namespace) -> str:
    """The image under a tag or digest."""
    image = _image(store, arguments.repository, arguments.image_ids)
    digest = image.outputs["digest"]
    tags = images.tags(store, arguments.repository, digest)
    details = {"repositoryName": arguments.repository, "imageDigest": digest, "imageTags": tags}
    return json.dumps({"imageDetails": [details]})


def describe_findings(store: Store, arguments: argparse.Namespace) -> str:
    """Return the findings of an image's scan: those that were put into its source."""
    image = _image(store, arguments.repository, arguments.image_id)
    findings = {"findings": image.outputs["findings"]}
    return json.dumps({"imageScanStatus": {"status": "COMPLETE"}, "imageScanFindings": findings})


def _image(store: Store, repository: str, reference: str) -> StoredObject:
    try:
        image = images.found(store, repository, reference.partition("=")[2])
    except LookupError as error:
        raise ProviderError(f"RepositoryNotFoundException: {error}") from None
    if image is None:
        raise ProviderError(f"ImageNotFoundException: no image with {reference} in the repository {repository!r}")
    return image
