"""The outputs of a stack are shown without anything secret."""

import json

from typer.testing import CliRunner, Result

from ops.__main__ import app
from tests.ops.operate.conftest import Tools

FOUND = {
    "alb_dns": "k8s-1.elb.amazonaws.com",
    "urls": ["https://shop.test", "https://api.shop.test"],
    "kubeconfig": {"kind": "Config"},
    "marked": "[secret]",
    "password": "correct-horse",
}


def outputs(*words: str) -> Result:
    return CliRunner().invoke(app, ["outputs", "--stack", "dev", *words])


def test_lists_have_an_entry_per_line(tools: Tools) -> None:
    tools.answer("pulumi", "stack output --json --stack dev", json.dumps(FOUND))
    lines = outputs().output.splitlines()
    assert [line.split() for line in lines][:1] == [["alb_dns", "k8s-1.elb.amazonaws.com"]]
    assert lines[-1].split() == ["https://api.shop.test"]


def test_as_data_it_has_neither_secrets_nor_the_kubeconfig(tools: Tools) -> None:
    tools.answer("pulumi", "stack output --json --stack dev", json.dumps(FOUND))
    result = outputs("--json")
    assert json.loads(result.output) == {
        "alb_dns": FOUND["alb_dns"],
        "urls": FOUND["urls"],
        "marked": "[secret]",
        "password": "[secret]",
    }
    assert "--show-secrets" not in " ".join(tools.asked("pulumi"))


def test_a_backend_that_does_not_answer_is_said(tools: Tools) -> None:
    tools.answer("pulumi", "stack output --json --stack dev", says="error: the bucket does not answer", code=1)
    result = outputs()
    assert result.exit_code == 1
    assert "cannot be read: the bucket does not answer" in result.output
