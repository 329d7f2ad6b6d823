"""A session at the cache: what its pod is allowed, and the client in it, which speaks to a server with TLS."""

import json
import os
import pty
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from components.data import redis
from ops.operate.cache_session import PORT, SCRIPT, cache_pod, user_of_cache
from ops.operate.session_pod import session_job, session_policies
from tests.components.program import run_program
from tests.ops.operate.cache_server import TOKEN, Cache, cache

SERVICE, IMAGE = "backend-api", "registry.test/client@sha256:1"
BINARY = b"\x00\r\n \xea\xb0\x80'\x00"


def program(type_: str, **changed: Any) -> list[dict[str, Any]]:
    """The objects of a type of the production program, as the cluster has them."""
    objects = [dict(each.inputs) for each in run_program("prod", **changed).of(type_)]
    return json.loads(json.dumps([{**each, "metadata": {"uid": "u-1", **each["metadata"]}} for each in objects]))


@pytest.fixture(scope="module")
def workload() -> dict[str, Any]:
    found = user_of_cache(program("apps/v1:Deployment"))
    assert found
    return found


@pytest.fixture(scope="module")
def policy() -> dict[str, Any]:
    policies = program("networking.k8s.io/v1:NetworkPolicy")
    return next(each for each in policies if each["metadata"]["name"] == SERVICE)


def pod_of(job: dict[str, Any]) -> dict[str, Any]:
    return job["spec"]["template"]["spec"]


def test_a_service_that_uses_the_cache_is_found(workload: dict[str, Any]) -> None:
    assert workload["metadata"]["name"] == SERVICE
    others = [each for each in program("apps/v1:Deployment") if each["metadata"]["name"] != SERVICE]
    assert others
    assert user_of_cache(others) is None
    cron = {"spec": {"jobTemplate": {"spec": {"template": workload["spec"]["template"]}}}}
    assert user_of_cache([*others, cron]) == cron


def test_the_pod_is_hardened_and_has_nothing_of_the_service_but_the_token(
    workload: dict[str, Any], policy: dict[str, Any]
) -> None:
    job = session_job(cache_pod(IMAGE, workload, policy), 30)
    pod = pod_of(job)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    assert "serviceAccountName" not in pod
    assert "initContainers" not in pod
    (container,) = pod["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert not {"env", "envFrom", "ports"} & container.keys()
    assert container["image"] == IMAGE
    assert container["resources"]["limits"] == container["resources"]["requests"]
    (volume,) = [each for each in pod["volumes"] if "secret" in each]
    assert {each["key"] for each in volume["secret"]["items"]} == {"REDIS_HOST", "REDIS_AUTH_TOKEN"}
    sources = [each.get("secretRef", {}) for each in workload["spec"]["template"]["spec"]["containers"][0]["envFrom"]]
    assert volume["secret"]["secretName"] in [each.get("name") for each in sources]
    assert (job["spec"]["activeDeadlineSeconds"], job["spec"]["ttlSecondsAfterFinished"]) == (1800, 0)


def test_its_policy_admits_the_cache_alone(workload: dict[str, Any], policy: dict[str, Any]) -> None:
    assert PORT == redis.PORT
    # A service may have a way to another server of this kind, after the one to the shop's.
    other = {"to": [{"ipBlock": {"cidr": "198.51.100.0/24"}}], "ports": [{"port": PORT}]}
    callee = {"to": [{"podSelector": {}}], "ports": [{"port": PORT}]}
    egress = [callee, *policy["spec"]["egress"], other]
    pod = cache_pod(IMAGE, workload, {**policy, "spec": {"egress": egress}})
    (own,) = session_policies(pod, {"metadata": {"name": "connect-cache-1", "uid": "u-2"}})
    (rule,) = own["spec"]["egress"]
    assert [each["port"] for each in rule["ports"]] == [PORT]
    assert rule in policy["spec"]["egress"]
    assert all("ipBlock" in peer for peer in rule["to"])
    assert own["spec"]["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in own["spec"]


class Bench:
    """A directory in which the script runs as in the pod, towards a server on loopback."""

    def __init__(self, path: Path, server: Cache) -> None:
        self.path, self.server = path, server
        (path / "REDIS_HOST").write_text("localhost")
        (path / "REDIS_AUTH_TOKEN").write_text(TOKEN)

    def command(self, mode: str) -> tuple[list[str], dict[str, str]]:
        """The command line, and its environment."""
        script = SCRIPT.read_text().replace("/tmp/", f"{self.path}/").replace("/credentials/", f"{self.path}/")  # noqa: S108
        (self.path / "requests").unlink(missing_ok=True)
        environment = {"PATH": os.environ["PATH"], "SSL_CERT_FILE": str(self.server.authority)}
        return ["bash", "-euc", script, "session", mode, "prod", str(self.server.port)], environment

    def run(self, text: bytes, mode: str = "read") -> subprocess.CompletedProcess[bytes]:
        command, environment = self.command(mode)
        return subprocess.run(command, env=environment, input=text, capture_output=True, timeout=60, check=False)


@pytest.fixture
def bench(tmp_path: Path) -> Generator[Bench]:
    if not (shutil.which("bash") and shutil.which("openssl") and shutil.which("xargs")):
        pytest.skip("no bash, openssl or xargs")
    with cache(tmp_path) as server:
        yield Bench(tmp_path, server)


def test_what_comes_in_is_run_and_replies_are_printed(bench: Bench) -> None:
    bench.server.values[b"cart:1 of 2"] = b"apples and pears"
    result = bench.run(b"PING\n\nget 'cart:1 of 2'\nGET nothing\nslowlog get")
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.splitlines() == [b"PONG", b"apples and pears", b"", b"14", b"KEYS", b"*", b"", b"15", b"GET"]


def test_a_value_is_printed_to_the_byte(bench: Bench) -> None:
    bench.server.values[b"k"] = BINARY * 5000
    assert bench.run(b"GET k\nPING\n").stdout == BINARY * 5000 + b"\nPONG\n"


@pytest.mark.parametrize("line", [b"SET k v", b"FLUSHALL", b"SLOWLOG RESET", b"OBJECT HELP", b"CONFIG SET a b"])
def test_a_session_that_reads_only_refuses_the_rest(bench: Bench, line: bytes) -> None:
    result = bench.run(line + b"\nPING\n")
    assert (result.returncode, result.stdout) == (1, b"")
    name = line.split()[0].decode()
    assert f"refused: '{name}' is not a command that only reads" in result.stderr.decode()
    assert bench.server.values == {}
    assert not [each for each in bench.server.commands if each[0] == name.encode()]


def test_a_subcommand_that_reads_is_sent(bench: Bench) -> None:
    result = bench.run(b"OBJECT ENCODING k\n")
    assert [b"OBJECT", b"ENCODING", b"k"] in bench.server.commands
    assert result.returncode == 1, "the server does not know it, and with a pipe an error ends the session"
    assert b"unknown command 'OBJECT'" in result.stdout


def test_a_session_that_may_write_does(bench: Bench) -> None:
    result = bench.run("SET k '가 \\ $HOME'\nGET k\n".encode(), mode="write")
    assert (result.returncode, result.stderr) == (0, b"")
    assert bench.server.values == {b"k": "가 \\ $HOME".encode()}
    assert result.stdout.decode().splitlines() == ["OK", "가 \\ $HOME"]


def test_a_wrong_token_is_said_and_is_not_printed(bench: Bench) -> None:
    (bench.path / "REDIS_AUTH_TOKEN").write_text("something-else")
    result = bench.run(b"PING\n")
    assert (result.returncode, result.stdout) == (1, b"")
    assert f"the cache at localhost:{bench.server.port} does not take the token" in result.stderr.decode()
    assert b"something-else" not in result.stderr


def test_the_token_is_in_no_argument(bench: Bench) -> None:
    tools = bench.path / "tools"
    tools.mkdir()
    for name in ("openssl", "xargs"):
        tool = tools / name
        real = shutil.which(name)
        tool.write_text(
            f'#!/bin/sh\nprintf "%s\\n" "$*" >>"{bench.path}/notes"\nenv >>"{bench.path}/notes"\nexec {real} "$@"\n'
        )
        tool.chmod(0o755)
    command, environment = bench.command("read")
    path = f"{tools}:{environment['PATH']}"
    done = subprocess.run(command, env={**environment, "PATH": path}, input=b"PING\n", check=False, capture_output=True)
    assert done.stdout == b"PONG\n"
    notes = (bench.path / "notes").read_text()
    assert "s_client" in notes
    assert TOKEN not in notes


@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_certificate_that_is_not_the_caches_is_refused(bench: Bench, wrong: str, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with cache(other, "localhost" if wrong == "authority" else "example.test") as server:
        trusted = bench.server.authority if wrong == "authority" else server.authority
        bench.server = Cache(server.port, trusted)
        result = bench.run(b"PING\n")
    assert (result.returncode, result.stdout) == (1, b"")
    assert b"has closed the connection, or there is none" in result.stderr
    assert server.commands == []


def test_people_see_prompts_and_the_structure_of_replies(bench: Bench) -> None:
    """On a terminal, which no value can change, and where an error ends nothing."""
    bench.server.values[b"k"] = BINARY
    command, environment = bench.command("read")
    ours, theirs = pty.openpty()
    session = subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    os.write(ours, b"SLOWLOG GET\nSET k v\nGET k\nGET 'half\nGET nothing\nexit\n")
    seen = b""
    while chunk := _read(ours):
        seen += chunk
    os.close(ours)
    assert session.wait(30) == 0
    text = seen.decode().replace("\r\n", "\n")
    assert "prod, read only> " in text
    assert "1) 1) (integer) 14\n   2) 'KEYS'\n   3) 1) '*'\n      2) (nil)\n2) 1) (integer) 15\n" in text
    assert "refused: 'SET'" in text
    assert r"\0$'\r\n \352\260\200\''\0" in text
    assert "unmatched single quote" in text
    assert text.rstrip().endswith("(nil)\nprod, read only>")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def test_an_unknown_mode_is_refused(bench: Bench) -> None:
    result = bench.run(b"", mode="both")
    assert result.returncode == 1
    assert b"the mode must be read or write, not both" in result.stderr
