"""Whoever holds the keys to the database runs the very image that somebody looked at."""

from typing import Any

import pytest

from components.base.versions import DATABASE_CLIENT_IMAGE
from components.workloads.store_secrets import own_secret
from policies.resources import Resource
from policies.rules.images import credential_image_by_digest
from tests.components.program import STACKS, run_program

TAG = "public.ecr.aws/docker/library/mysql:8.4.11"
DIGEST = f"{TAG}@sha256:{'0' * 64}"
JOB = "kubernetes:batch/v1:Job"


def job(image: str, **container: Any) -> Resource:
    spec = {"containers": [{"name": "users", "image": image, **container}]}
    return Resource(JOB, "users", {"spec": {"template": {"spec": spec}}})


def key(name: str, secret: str, key: str) -> dict[str, Any]:
    return {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}


@pytest.mark.parametrize(
    ("container", "judged"),
    [
        ({"envFrom": [{"prefix": "ADMIN_", "secretRef": {"name": "db"}}]}, True),
        ({"envFrom": [{"secretRef": {"name": "openmarket-db-admin-credentials-0123456789"}}]}, True),
        ({"env": [key("PASSWORD", "db-master", "password")]}, True),
        ({"env": [key("ROOT_PASSWORD", "db", "password")]}, True),
        ({"env": [key("DB_HOST", "openmarket-db-admin-credentials-0123456789", "DB_HOST")]}, False),
        ({"envFrom": [{"secretRef": {"name": "openmarket-db-credentials-0123456789"}}]}, False),
        ({"envFrom": [{"secretRef": {"name": "webmaster-tools"}}]}, False),
        ({"envFrom": [{"secretRef": {"name": own_secret("admin")}}]}, False),
        ({}, False),
    ],
)
def test_only_who_gets_the_administrator_needs_a_digest(container: dict[str, Any], judged: bool) -> None:
    assert bool(list(credential_image_by_digest(job(TAG, **container)))) == judged
    assert list(credential_image_by_digest(job(DIGEST, **container))) == []


@pytest.mark.parametrize("stack", STACKS)
def test_the_programs_own_job_is_one_of_them(stack: str) -> None:
    jobs = [each for each in run_program(stack).resources if each.type == JOB]
    assert DATABASE_CLIENT_IMAGE in {
        container["image"] for each in jobs for container in each.inputs["spec"]["template"]["spec"]["containers"]
    }
    found = [
        violation
        for each in jobs
        for violation in credential_image_by_digest(Resource(JOB, each.name, _with_image(each.inputs, TAG)))
    ]
    assert found


def _with_image(inputs: Any, image: str) -> Any:
    if isinstance(inputs, dict):
        return {name: _with_image(each, image) for name, each in inputs.items()}
    if isinstance(inputs, list):
        return [_with_image(each, image) for each in inputs]
    return image if inputs == DATABASE_CLIENT_IMAGE else inputs
