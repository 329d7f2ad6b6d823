"""What must wait for what, where a run of the engine shows it late or not at all: a pod that starts too early runs."""

from copy import deepcopy
from functools import cache

import pytest

from tests.components.program import Deployed, run_program, stack_file

PODS = "shop-backend-api-deployment"
USERS = "database-users"
MIGRATION = "backend-api-migration"
ENTRANCE, POLICIES = "public-ingress-load-balancer", "shop-policies"
MIGRATED = {"command": ["npm", "run", "migrate"], "mode": "job"}

EDGES = {
    "health checks fail without a rule, and pods are ready only once they pass": {
        "shop-ingress-alb": [f"{ENTRANCE}-to-pods-3000", f"{ENTRANCE}-pods-from-load-balancer-3000"],
    },
    "an address that nobody may reach is not one to hand out": {
        "shop-ingress-alb": [f"{ENTRANCE}-from-internet-http", f"{ENTRANCE}-from-internet-https"],
    },
    "the first request to AWS of a pod would be denied": {
        PODS: [
            *("backend-api-identity-data-uploads-write", "backend-api-identity-data-assets-read"),
            *("backend-api-identity-data-api-keys-read", "backend-api-identity-data-backend-api-logs-write"),
        ],
        "shop-frontend-web-deployment": ["frontend-web-identity-data-frontend-web-logs-write"],
    },
    "what is in a cluster goes while the cluster answers": {
        "cluster-kubernetes": ["cluster-eks"],
        "shop-namespace-restricted": ["cluster-kubernetes"],
        "addons-alb-controller-release": ["cluster-kubernetes"],
        "addons-external-secrets-store": ["cluster-kubernetes"],
    },
    "the endpoint of an Aurora cluster is known before anything answers there": {
        USERS: ["data-database-instances-a"],
    },
    "a pod that comes before its user cannot log in": {
        PODS: [USERS, MIGRATION],
        MIGRATION: [USERS],
    },
    "a pod that starts before its rules runs without them": {
        PODS: [f"{POLICIES}-default-deny", f"{POLICIES}-allow-dns", f"{POLICIES}-backend-api"],
        "shop-frontend-web-deployment": [f"{POLICIES}-default-deny", f"{POLICIES}-frontend-web"],
        USERS: [f"{POLICIES}-default-deny", f"{POLICIES}-allow-dns", f"{POLICIES}-database-users"],
        MIGRATION: [f"{POLICIES}-default-deny", f"{POLICIES}-backend-api-migration"],
    },
}
"""By why: a resource, and those that come before it and go after it."""


@cache
def migrating() -> Deployed:
    """The development stack with a backend that migrates its database."""
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:services"]["backend-api"] |= {"image": "registry.example.com/backend:1", "migration": MIGRATED}
    return run_program("dev", settings)


@pytest.mark.parametrize(
    ("resource", "before", "why"),
    [
        pytest.param(resource, before, why, id=f"{before} before {resource}")
        for why, edges in EDGES.items()
        for resource, dependencies in edges.items()
        for before in dependencies
    ],
)
def test_it_waits_for_what_it_needs(resource: str, before: str, why: str) -> None:
    deployed = migrating()
    assert {resource, before} <= deployed.needed.keys()
    assert before in deployed.waits_for(resource), why


def test_no_pod_of_the_shop_comes_before_a_policy(deployed: Deployed) -> None:
    """Whatever services a stack has, and in whatever order they are added."""
    policies = {resource.name for resource in deployed.of(":NetworkPolicy") if resource.name.startswith(POLICIES)}
    pods = [*deployed.of("apps/v1:Deployment"), *deployed.of("batch/v1:Job")]
    too_early = {
        each.name: policies - deployed.waits_for(each.name) for each in pods if "shop" in deployed.waits_for(each.name)
    }
    assert policies
    assert len(too_early) >= 3
    assert not any(too_early.values()), too_early
