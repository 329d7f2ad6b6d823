"""Which probes cannot pass, and what is said of those that might."""

from typing import Any

import pytest

from emulator.kubernetes.controllers import load_balancers, probes, program_starts

UNKNOWN = "errored and resulted in unknown state"
HTTP: dict[str, Any] = {"httpGet": {"path": "/ready", "port": 3000}}


def container(**more: Any) -> dict[str, Any]:
    return {"name": "web", "image": "x", "ports": [{"name": "http", "containerPort": 3000}], **more}


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"metadata": {"namespace": "ns"}, "spec": {"containers": list(containers), **spec}}


def told(target: dict[str, Any]) -> list[str]:
    return [failure.message("10.0.0.1") for failure in probes.failures(target)]


def refused(port: int) -> str:
    return f"dial tcp 10.0.0.1:{port}: connect: connection refused"


@pytest.mark.parametrize(
    ("probe", "problem"),
    [
        ({"httpGet": {"path": "/ready", "port": 3001}}, f'failed: Get "http://10.0.0.1:3001/ready": {refused(3001)}'),
        ({"httpGet": {"port": 1, "scheme": "HTTPS"}}, f'failed: Get "https://10.0.0.1:1/": {refused(1)}'),
        ({"tcpSocket": {"port": 3001}}, f"failed: {refused(3001)}"),
        ({"tcpSocket": {"port": "htp"}}, f'{UNKNOWN}: strconv.Atoi: parsing "htp": invalid syntax'),
    ],
)  # fmt: skip
def test_nobody_listens(probe: dict[str, Any], problem: str) -> None:
    assert told(pod(container(readinessProbe=probe))) == [f"Readiness probe {problem}"]
    assert told(pod(container(startupProbe=probe))) == [f"Startup probe {problem}"]
    assert told(pod(container(livenessProbe=probe))) == [f"Liveness probe {problem}"]


def test_a_grpc_probe_needs_its_port_too() -> None:
    (text,) = told(pod(container(readinessProbe={"grpc": {"port": 9090}})))
    assert "10.0.0.1:9090" in text
    assert told(pod(container(readinessProbe={"grpc": {"port": 3000}}))) == []


@pytest.mark.parametrize("port", [3000, "http", "3000"])
def test_a_declared_port_may_be_named_by_number_or_name(port: Any) -> None:
    assert told(pod(container(readinessProbe={"httpGet": {"path": "/", "port": port}}))) == []


def test_containers_share_ports_but_not_their_names() -> None:
    other = {"name": "other", "image": "x"}
    assert told(pod(container(), {**other, "livenessProbe": HTTP})) == []
    (text,) = told(pod(container(), {**other, "livenessProbe": {"tcpSocket": {"port": "http"}}}))
    assert "strconv.Atoi" in text


@pytest.mark.parametrize(
    "more",
    [
        {"args": ["--healthz-addr=:8081"]},
        {"args": ['--healthz-addr="0.0.0.0:8081"']},
        {"command": ["serve", "8081"]},
        {"env": [{"name": "PORT", "value": "8081"}]},
    ],
)
def test_a_port_on_the_command_line_counts(more: dict[str, Any]) -> None:
    asked = {"name": "web", "image": "x", "readinessProbe": {"httpGet": {"port": 8081}}}
    assert told(pod({**asked, **more})) == []
    assert told(pod(asked)) != []
    assert told(pod({**asked, "args": ["--peer=10.80.81.1", "--id=a8081", "--ratio=0.8081"]})) != []


def test_a_udp_port_takes_no_connection() -> None:
    dns = {"name": "dns", "image": "x", "ports": [{"containerPort": 53, "protocol": "UDP"}]}
    assert told(pod({**dns, "readinessProbe": {"tcpSocket": {"port": 53}}})) != []


def test_known_programs_listen_where_their_charts_do_not_say() -> None:
    key, _, value = load_balancers.LABELS.partition("=")
    target = pod(container(livenessProbe={"httpGet": {"port": 61779}}))
    assert probes.failures(target, program_starts.ports({"metadata": {"labels": {key: "other"}}}))
    assert not probes.failures(target, program_starts.ports({"metadata": {"labels": {key: value}}}))


@pytest.mark.parametrize("probe", [{"exec": {"command": ["true"]}}, {"tcpSocket": {"host": "10.9.9.9", "port": 1}}])
def test_what_cannot_be_known_passes(probe: dict[str, Any]) -> None:
    assert told(pod(container(readinessProbe=probe))) == []


def test_on_the_nodes_own_network_somebody_else_may_listen() -> None:
    asked = container(readinessProbe={"tcpSocket": {"port": 1}})
    assert told(pod(asked, hostNetwork=True)) == []
    assert told(pod(container(readinessProbe={"tcpSocket": {"port": "x"}}), hostNetwork=True)) != []


def test_until_it_has_started_a_container_is_asked_nothing_else() -> None:
    bad = {"tcpSocket": {"port": 1}}
    (failure,) = probes.failures(pod(container(startupProbe=bad, readinessProbe=bad, livenessProbe=bad)))
    assert failure.kind == probes.STARTUP


def test_sidecars_count_and_other_init_containers_do_not() -> None:
    sidecar = {"name": "proxy", "image": "x", "ports": [{"containerPort": 9000}], "restartPolicy": "Always"}
    asked = container(readinessProbe={"tcpSocket": {"port": 9000}})
    assert told(pod(asked, initContainers=[sidecar])) == []
    assert told(pod(asked, initContainers=[{**sidecar, "restartPolicy": None}])) != []
    (failure,) = probes.failures(pod(initContainers=[{**sidecar, "readinessProbe": {"tcpSocket": {"port": 1}}}]))
    assert (failure.container, failure.sidecar) == ("proxy", True)


def test_every_probe_is_said_to_be_simulated() -> None:
    exec_ = {"exec": {"command": ["redis-cli", "ping"]}}
    asked = container(readinessProbe=HTTP, livenessProbe=exec_, startupProbe={"grpc": {"port": 3000}})
    texts = probes.simulated(pod(asked), "web")
    assert len(texts) == 3
    assert all("simulated" in text for text in texts)
    assert any("GET /ready at port 3000" in text for text in texts)
    assert any("exec of redis-cli ping" in text for text in texts)
    assert probes.simulated(pod(container()), "web") == []


def test_a_probe_that_fails_is_not_said_to_have_passed() -> None:
    asked = container(readinessProbe={"tcpSocket": {"port": 1}}, livenessProbe=HTTP)
    (text,) = probes.simulated(pod(asked), "web")
    assert text.startswith("liveness probe")


def test_a_path_that_the_program_does_not_serve_is_not_found() -> None:
    target = pod(container(readinessProbe=HTTP, livenessProbe={"tcpSocket": {"port": 3000}}))
    target["metadata"]["annotations"] = {probes.SERVES: "/,/live"}
    assert told(target) == ["Readiness probe failed: HTTP probe failed with statuscode: 404"]
    target["metadata"]["annotations"] = {probes.SERVES: "/,/ready"}
    assert told(target) == []
