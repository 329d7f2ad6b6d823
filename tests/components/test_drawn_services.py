"""Stanzas at random: each is refused in the words of the configuration, or the program makes of it what it declares."""

from copy import deepcopy
from typing import Any

import pulumi
from hypothesis import HealthCheck, Phase, event, given, settings

from tests.accepted_services import agreeing, refused
from tests.components.program import Deployed, run_program, stack_file
from tests.drawn_services import Stanzas, batches, wrong_flows

POD_TEMPLATES = ("apps/v1:Deployment", "batch/v1:CronJob")


def accepted(drawn: Stanzas) -> Stanzas:
    """Those that are right for themselves; the messages about the others name the service and what would be right."""
    found: Stanzas = {}
    for name, each in drawn.items():
        refusal = refused(name, each)
        event("refused by itself" if refusal else f"accepted as {each.get('kind', 'web')}")
        if not refusal:
            found[name] = each
        else:
            assert f"openmarket:services.{name}" in refusal
            assert "needs " in refusal
    return found


def refused_together(services: Stanzas) -> str:
    """What is wrong between the stanzas; empty if nothing is."""
    try:
        deployed(services)
    except pulumi.RunError as refusal:
        return str(refusal)
    return ""


def deployed(services: Stanzas) -> Deployed:
    configuration = deepcopy(stack_file("dev"))
    front = configuration["openmarket:services"]["frontend-web"] | {"calls": []}
    configuration["openmarket:services"] = {"frontend-web": front, **services}
    return run_program("dev", configuration)


def pods(made: Deployed, type_: str) -> dict[str, dict[str, Any]]:
    """Specifications of pods by the names of their Deployments or CronJobs."""
    found: dict[str, dict[str, Any]] = {}
    for each in made.of(type_):
        spec = each.inputs["spec"]
        whole = spec if type_ == POD_TEMPLATES[0] else spec["jobTemplate"]["spec"]
        found[each.inputs["metadata"]["name"]] = whole["template"]["spec"]
    return found


@settings(
    # The same ones each time: a new one is looked for with more examples and another seed, not in a pull request.
    max_examples=8, derandomize=True, deadline=None, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(batches(8))
def test_a_stanza_is_refused_or_becomes_what_it_declares(drawn: Stanzas) -> None:
    services = accepted(drawn)
    if refusal := refused_together(services):
        assert "openmarket:" in refusal
        event("refused together")
    services = agreeing(services)
    made = deployed(services)
    declared = {**services, "frontend-web": {"hosts": ["@"]}}
    policies = [each.inputs for each in made.of("networking.k8s.io/v1:NetworkPolicy")]
    assert list(wrong_flows(policies, declared)) == []
    running, timed = (pods(made, type_) for type_ in POD_TEMPLATES)
    assert set(running) == {name for name, each in declared.items() if each.get("kind", "web") in ("web", "worker")}
    assert set(timed) == set(declared) - set(running)
    for spec in [*running.values(), *timed.values()]:
        for container in [*spec.get("initContainers", []), *spec["containers"]]:
            assert container["resources"]["requests"] == container["resources"]["limits"]
            assert container["securityContext"]["readOnlyRootFilesystem"]
