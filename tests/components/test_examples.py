"""The examples are configurations of the program, and its pods reach what their stanzas declare."""

from typing import Any

import pytest
import yaml

from tests.components.program import PROJECT, Deployed, run_program

EXAMPLES = ("microservices", "retail")


def settings(name: str) -> dict[str, Any]:
    text = (PROJECT / "examples" / name / f"Pulumi.{name}.yaml").read_text()
    return dict(yaml.safe_load(text)["config"])


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_program_takes_it(name: str) -> None:
    made: Deployed = run_program(name, settings(name))
    services = settings(name)["openmarket:services"]
    found = {
        each.inputs["metadata"]["name"]
        for type_ in ("apps/v1:Deployment", "batch/v1:CronJob")
        for each in made.of(type_)
    }
    assert found == set(services)


def test_both_together_have_every_kind() -> None:
    stanzas = [each for name in EXAMPLES for each in settings(name)["openmarket:services"].values()]
    assert {each.get("kind", "web") for each in stanzas} == {"web", "worker", "cronJob", "task"}
