"""The way to Grafana is on loopback, and its password is never printed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analysis import stack_file
from ops.__main__ import app
from tests.ops.operate.conftest import KINDS, Tools

SERVICES, SECRETS = "services", "externalsecrets.external-secrets.io"
SERVICE = {"metadata": {"name": "kube-prometheus-stack-grafana"}, "spec": {"ports": [{"port": 80}]}}


def secret(source: str, target: str) -> dict[str, object]:
    data = [{"secretKey": "admin-password", "remoteRef": {"key": source, "property": "admin-password"}}]
    return {"metadata": {"name": "any"}, "spec": {"target": {"name": target}, "data": data}}


def grafana(*words: str, stack: str = "staging") -> Result:
    return CliRunner().invoke(app, ["grafana", "--stack", stack, *words])


@pytest.fixture
def there(tools: Tools) -> Tools:
    tools.answer("kubectl", "api-resources", "\n".join((*KINDS, SERVICES, SECRETS)))
    tools.objects(SERVICES, [SERVICE])
    tools.objects(SECRETS, [secret("openmarket-staging-other", "no"), secret("openmarket-staging-grafana", "admin-1")])
    tools.answer("kubectl", "port-forward", "Forwarding from 127.0.0.1:40123 -> 3000\nHandling connection for 40123\n")
    return tools


def test_it_prints_the_address_and_the_command_for_the_password(there: Tools) -> None:
    result = grafana()
    assert result.exit_code == 0
    assert "http://127.0.0.1:40123 until Ctrl-C" in result.output
    assert "kubectl get secret admin-1 -n monitoring -o jsonpath='{.data.admin-password}'" in result.output
    assert not [line for line in there.asked("kubectl") if "get secret" in line]


@pytest.mark.parametrize(("words", "ports"), [((), ":80"), (("--port", "8080"), "8080:80")])
def test_only_this_machine_reaches_it(there: Tools, words: tuple[str, ...], ports: str) -> None:
    grafana(*words)
    line = there.asked("kubectl")[-1]
    assert line.endswith(
        f"port-forward --address 127.0.0.1 --namespace monitoring service/kube-prometheus-stack-grafana {ports}"
    )


def test_where_prometheus_is_off_the_key_is_named(tools: Tools, tmp_path: Path) -> None:
    assert stack_file.settings("dev")["openmarket:addons"]["prometheus"]["enabled"] is False
    result = grafana(stack="dev")
    assert result.exit_code == 1
    assert "`enabled` of `prometheus` in openmarket:addons of Pulumi.dev.yaml is not true" in result.output
    assert not (tmp_path / "asked.jsonl").exists()


def test_what_is_missing_is_named(there: Tools) -> None:
    there.objects(SECRETS, [])
    assert "no ExternalSecret in monitoring reads openmarket-staging-grafana" in grafana().output
    there.objects(SERVICES, [])
    assert "no Service of Grafana: `make repair STACK=staging` brings it back" in grafana().output


def test_the_end_of_kubectl_is_said(there: Tools) -> None:
    there.answer("kubectl", "port-forward", says="error: unable to forward port", code=1)
    result = grafana()
    assert result.exit_code == 1
    assert "kubectl ended, and with it the way to Grafana" in result.output
