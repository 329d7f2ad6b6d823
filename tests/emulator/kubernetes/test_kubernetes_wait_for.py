"""The annotation pulumi.com/waitFor."""

from typing import Any

import pytest

from emulator.kubernetes.awaiting import wait_for

OBJECT: dict[str, Any] = {
    "metadata": {"labels": {"a.b/c": "x"}},
    "status": {
        "phase": "Running",
        "replicas": 2,
        "loadBalancer": {"ingress": [{"hostname": "first"}, {"hostname": "second"}]},
        "conditions": [{"type": "Ready", "status": "True"}, {"type": "Synced", "status": "False", "reason": "Denied"}],
    },
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        (".status.phase", ["Running"]),
        ("status.replicas", [2]),
        (".status.loadBalancer.ingress[0].hostname", ["first"]),
        (".status.loadBalancer.ingress[-1].hostname", ["second"]),
        (".status.loadBalancer.ingress[*].hostname", ["first", "second"]),
        (".metadata.labels['a.b/c']", ["x"]),
        (r".metadata.labels.a\.b/c", ["x"]),
        ('.status.conditions[?(@.type=="Synced")].status', ["False"]),
        (".status.loadBalancer.ingress[7].hostname", []),
        (".spec.nothing", []),
    ],
)
def test_paths(path: str, values: list[Any]) -> None:
    assert wait_for.evaluate(path, OBJECT) == values


@pytest.mark.parametrize(
    ("annotation", "ready"),
    [
        ("jsonpath={.status.phase}", True),
        ("jsonpath={.status.phase}=Running", True),
        ("jsonpath={.status.phase}='Running'", True),
        ("jsonpath={.status.replicas}=2", True),
        ("jsonpath={.status.phase}=Failed", False),
        ("jsonpath={.status.absent}", False),
        ("condition=Ready", True),
        ("condition=Synced", False),
        ("condition=Synced=False", True),
        ("condition=Absent", False),
        ('["condition=Ready", "jsonpath={.status.phase}=Running"]', True),
        ('["condition=Ready", "condition=Synced"]', False),
    ],
)
def test_conditions(annotation: str, ready: bool) -> None:
    assert all(condition.of(OBJECT).ready for condition in wait_for.parse(annotation)) is ready


@pytest.mark.parametrize(
    "annotation", ["Ready", "condition=", "jsonpath=.status", "jsonpath={.status[}", "[]", "[1]", "delete"]
)
def test_anything_else_is_refused(annotation: str) -> None:
    with pytest.raises(ValueError, match=r"pulumi\.com/waitFor"):
        wait_for.parse(annotation)


def test_message_says_why() -> None:
    (condition,) = wait_for.parse("condition=Synced")
    assert "Denied" in condition.of(OBJECT).message
