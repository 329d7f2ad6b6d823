"""`smoke`: ask the load balancer for every host of a stack, as a customer's browser would."""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from analysis import stack_file
from ops.errors import fail

if TYPE_CHECKING:
    import urllib3

_PAUSE = 5.0
"""Seconds between two attempts: DNS and targets need a while after a deployment."""
_EMULATED = "X-Emulated"
"""Header by which the emulator says that no service gave the answer."""
_PORTS = {"http": 80, "https": 443}
_CONNECT, _READ = 5, 10
"""Seconds to wait for a connection, and for an answer."""


@dataclass(frozen=True)
class Request:
    """One request, and the address that its answer has to lead to; empty: it has to be a 200."""

    host: str
    scheme: str
    path: str
    location: str = ""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}{self.path}" + (" leads to HTTPS" if self.location else "")


@dataclass(frozen=True)
class Answer:
    """The answer to a request.

    Attributes:
        problem: What is wrong with it; empty if it is as it should be.
        emulated: Why it proves nothing of the service, when an emulator gave it in the service's place.
    """

    problem: str
    emulated: str = ""


@dataclass(frozen=True)
class Where:
    """Whom to connect to in the place of the hosts' addresses. `port` 0 is the scheme's own."""

    address: str
    port: int = 0
    authority: Path | None = None

    def connection(self, request: Request) -> "urllib3.HTTPConnectionPool":
        """A connection for the request. The certificate is the host's, or with an authority the address's."""
        import urllib3

        timeout = urllib3.Timeout(connect=_CONNECT, read=_READ)
        port = self.port or _PORTS[request.scheme]
        if request.scheme == "http":
            return urllib3.HTTPConnectionPool(self.address, port, timeout=timeout, retries=False)
        name = self.address if self.authority else request.host
        return urllib3.HTTPSConnectionPool(
            self.address, port, timeout=timeout, retries=False, server_hostname=name, assert_hostname=name,
            ca_certs=str(self.authority) if self.authority else None,
        )  # fmt: skip


def smoke(
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    seconds: Annotated[int, typer.Option(help="How long to wait until every host answers.")] = 300,
    address: Annotated[
        str, typer.Option(envvar="OPENMARKET_LOAD_BALANCER", help="Connect there, as address:port, not to `alb_dns`.")
    ] = "",
    authority: Annotated[
        Path | None, typer.Option(envvar="OPENMARKET_LOAD_BALANCER_CA", help="Who vouches for that address.")
    ] = None,
) -> None:
    """Check that every public host of the stack answers at its load balancer.

    Each host's readiness path has to answer 200, with a certificate for the host, and plain HTTP has to lead to HTTPS.
    Hosts that are open to some networks only are left out.
    """
    try:
        config, outputs = stack_file.settings(stack), _outputs(stack)
    except stack_file.BadStack as error:
        fail(str(error))
    wanted = list(requests(config, outputs["urls"]))
    name, _, port = (address or str(outputs["alb_dns"])).partition(":")
    where = Where(name, int(port or 0), authority)
    print(f"Asking the load balancer at {name}: {len(wanted)} requests, for up to {seconds} s", flush=True)
    answers = _asked(where, wanted, seconds)
    for request, answer in answers.items():
        if not answer.problem:
            print(line(request, answer))
    if missing := {request: answer.problem for request, answer in answers.items() if answer.problem}:
        listed = "\n".join(f"  {request}: {problem}" for request, problem in missing.items())
        fail(f"{name} does not answer as it should after {seconds} seconds:\n{listed}")


def _asked(where: Where, wanted: Sequence[Request], seconds: float) -> dict[Request, Answer]:
    """The answers to all requests: of the first time that all are as they should be, or after that many seconds.

    While it waits, a line every five seconds says for what.
    """
    started = time.monotonic()
    while True:
        answers = {request: attempt(where, request) for request in wanted}
        missing = [request for request, answer in answers.items() if answer.problem]
        waited = time.monotonic() - started
        if not missing or waited > seconds:
            return answers
        others = f", and {len(missing) - 1} more" if missing[1:] else ""
        print(f"{waited:4.0f} s  waiting for {missing[0]}: {answers[missing[0]].problem}{others}", flush=True)
        time.sleep(min(_PAUSE, seconds))


def line(request: Request, answer: Answer) -> str:
    """The text that is printed for a good answer."""
    return f"ok  {request}" + (f"  ({answer.emulated})" if answer.emulated else "")


def requests(config: Mapping[str, Any], urls: list[str]) -> Iterator[Request]:
    """The requests to make, by the stack's configuration and its addresses."""
    domain = config["openmarket:domain"]
    restricted: dict[str, Any] = config["openmarket:ingress"].get("allowedCidrs") or {}
    paths: dict[str, str] = {}
    for service in config["openmarket:services"].values():
        for label in service.get("hosts") or ():
            if label not in restricted:
                path = (service.get("health") or {}).get("readiness", "/")
                paths[domain if label == "@" else f"{label}.{domain}"] = path
    for url in urls:
        parts = urlsplit(url)
        if parts.hostname in paths:
            request = Request(parts.hostname, parts.scheme, paths[parts.hostname])
            yield request
            if parts.scheme == "https":
                yield Request(request.host, "http", request.path, location=f"https://{request.host}")


def attempt(where: Where, request: Request) -> Answer:
    """Ask once."""
    from urllib3.exceptions import HTTPError

    try:
        with where.connection(request) as pool:
            answer = pool.request("GET", request.path, headers={"Host": request.host}, redirect=False)
    except HTTPError as error:
        return Answer(str(error))
    emulated = answer.headers.get(_EMULATED, "")
    if not request.location:
        return Answer("" if answer.status == 200 else f"answered {answer.status}", emulated)
    location = answer.headers.get("Location", "")
    led = answer.status in (301, 302, 307, 308) and location.startswith(request.location)
    return Answer("" if led else f"answered {answer.status} and did not lead to {request.location}", emulated)


def _outputs(stack: str) -> dict[str, Any]:
    command = ["pulumi", "stack", "output", "--json", "--stack", stack]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=stack_file.PROJECT)
    except FileNotFoundError:
        raise stack_file.BadStack("there is no `pulumi` on PATH") from None
    outputs: dict[str, Any] = json.loads(done.stdout or "{}") if done.returncode == 0 else {}
    if "alb_dns" not in outputs:
        raise stack_file.BadStack(f"stack {stack!r} is not deployed: {done.stderr.strip() or 'it has no alb_dns'}")
    return outputs
