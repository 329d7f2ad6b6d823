"""The reference of the services' stanzas is that of the models, and its example is a configuration."""

from copy import deepcopy

import pytest
import yaml

from components import config
from components.config.documentation import FILE, reference
from components.config.services import KINDS, kind_of
from tests.components.program import run, stack_file


def test_the_reference_is_fresh() -> None:
    assert FILE.read_text().endswith(reference()), "run make docs"


def test_the_example_has_every_kind_and_is_accepted() -> None:
    example = FILE.read_text().partition("```yaml\n")[2].partition("```")[0]
    services = yaml.safe_load(example)["openmarket:services"]
    assert {kind_of(stanza) for stanza in services.values()} == set(KINDS)
    settings = deepcopy(stack_file("dev"))
    orders = {"hosts": ["api"], "replicas": 2, "maxReplicas": 3, "cpu": "100m", "memory": "128Mi", "uses": ["database"]}
    image = {"image": "registry.example.com/shop:1.0"}
    settings["openmarket:services"] = {**services, "orders": {**orders, **image}}
    loaded: list[config.StackConfig] = []
    run("dev", settings, lambda: loaded.append(config.load()))
    assert set(loaded[0].services) == {*services, "orders"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_says_what_its_value_must_be(kind: str) -> None:
    section = reference().partition(f"## Keys of `kind: {kind}`")[2].partition("## ")[0]
    rows = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
    assert rows
    assert all(len(row[1]) > 10 for row in rows)
