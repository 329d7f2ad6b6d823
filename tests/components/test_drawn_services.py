"""Stanzas at random: each is refused in the words of the configuration, or the program makes of it what it declares."""

from copy import deepcopy
from typing import Any

import pulumi
from hypothesis import HealthCheck, Phase, event, given, settings

from components.config.services.kinds import stanza
from components.config.uses import CALLS_AWS
from tests.components.program import Deployed, run_program, stack_file
from tests.drawn_services import Stanza, Stanzas, batches, wrong_flows

MANY = 100
TOO_LARGE = {"64", "900Gi"}
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


def refused(name: str, each: Stanza) -> str:
    """What is wrong with the stanza by itself; empty if nothing is."""
    try:
        stanza("dev", f"openmarket:services.{name}", each)
    except ValueError as refusal:
        return str(refusal)
    return ""


def agreeing(drawn: Stanzas) -> Stanzas:
    """The stanzas that fit on the nodes, without calls of who does not answer and uses that have no way to AWS."""
    fitting = {name: each for name, each in drawn.items() if not {each["cpu"], each["memory"]} & TOO_LARGE}
    fitting = {name: each for name, each in fitting.items() if each.get("maxReplicas", 1) < MANY}
    web = {name for name, each in fitting.items() if each.get("kind", "web") == "web"}
    return {name: each | _agreeing(each, web) for name, each in fitting.items()}


def _agreeing(each: Stanza, web: set[str]) -> Stanza:
    calls = [other for other in each.get("calls", []) if other in web]
    without = CALLS_AWS if not each.get("internet", True) else ()
    return {"calls": calls, "uses": [use for use in each.get("uses", []) if use not in without]}


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
