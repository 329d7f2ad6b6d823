"""`smoke`: ask the load balancer for every host of a stack, as a customer's browser would."""

import json
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

    from components.config.routes import Route

_PAUSE = 5.0
"""Seconds between two attempts: DNS and targets need a while after a deployment."""
_EMULATED = "X-Emulated"
"""Header by which the emulator says that no service gave the answer."""
_OTHER_PROTOCOL = 464
"""Status by which a load balancer says that it knows the target, and that the target speaks another HTTP than this.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""
_PORTS = {"http": 80, "https": 443}
_CONNECT, _READ = 5, 10
"""Seconds to wait for a connection, and for an answer."""


_ANY = tuple(range(200, 500))
"""Statuses that only a service answers with, or that say what is wrong with the request."""


@dataclass(frozen=True)
class Request:
    """One request, and what its answer has to be.

    Attributes:
        location: The address that it has to lead to; empty if it has to be an answer in itself.
        statuses: The statuses that are right, if it does not lead elsewhere.
        note: What is special about it, for the line that is printed; empty if nothing is.
    """

    host: str
    scheme: str
    path: str
    location: str = ""
    statuses: tuple[int, ...] = (200,)
    note: str = ""

    def __str__(self) -> str:
        leads = "HTTPS" if self.location == f"https://{self.host}" else self.location
        return f"{self.scheme}://{self.host}{self.path}" + (f" leads to {leads}" if leads else "") + self.note


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

    Each service's readiness path has to answer 200, with a certificate for the host, and plain HTTP has to lead to
    HTTPS. Where that path leads to another service, the beginning of the service's own paths has to answer anything
    below 500. Redirects have to lead where they should, and hosts in maintenance have to say so. Hosts that are open to
    some networks only are left out.
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
    # The configuration takes long to import.
    from components.config.routes import in_order, routes
    from components.config.routing import full_name

    domain, ingress = config["openmarket:domain"], config["openmarket:ingress"]
    services: dict[str, Any] = config["openmarket:services"]
    restricted: dict[str, Any] = ingress.get("allowedCidrs") or {}
    found = in_order(routes({name: service.get("hosts") or () for name, service in services.items()}))
    maintenance: dict[str, Any] = ingress.get("maintenance") or {}
    labels = {full_name(route.host, domain): route.host for route in found}
    for url in urls:
        parts = urlsplit(url)
        host = parts.hostname or ""
        label = labels.get(host)
        if label is None or label in restricted:
            continue
        if page := _maintained(maintenance, label, host, parts.scheme):
            asked = [page]
        else:
            of_host = [route for route in found if route.host == label]
            asked = [_of_service(route, of_host, services[route.service], host, parts.scheme) for route in of_host]
        yield from asked
        if parts.scheme == "https":
            yield Request(host, "http", asked[0].path, location=f"https://{host}")
    scheme = urlsplit(urls[0]).scheme if urls else "https"
    redirects: dict[str, str] = ingress.get("redirects") or {}
    for label, target in redirects.items():
        host = full_name(label, domain)
        page = _maintained(maintenance, label, host, scheme)
        yield page or Request(host, scheme, "/", location=f"{scheme}://{full_name(target, domain)}")


def _maintained(maintenance: Mapping[str, Any], label: str, host: str, scheme: str) -> Request | None:
    """The request for a host in maintenance; None if it is not. Who may get past the page may get anything."""
    if not maintenance.get("enabled") or label not in (maintenance.get("hosts") or [label]):
        return None
    statuses = (503, *_ANY) if maintenance.get("allowedCidrs") else (503,)
    return Request(host, scheme, "/", statuses=statuses, note=" is in maintenance")


def _of_service(
    route: "Route", of_host: Sequence["Route"], service: Mapping[str, Any], host: str, scheme: str
) -> Request:
    """The request that shows that a route leads to its service."""
    # The placeholder speaks HTTP/1.1, and answers at every path.
    image = service.get("image") or service.get("imageOf")
    if image and (version := service.get("protocolVersion", "http1")) != "http1":
        note = f" speaks {version}, so only its rule is asked for"
        return Request(host, scheme, route.path, statuses=(_OTHER_PROTOCOL,), note=note)
    health: Mapping[str, Any] = service.get("health") or {}
    readiness = str(health.get("readiness", "/"))
    if image and (health.get("command") or health.get("protocol") in ("tcp", "grpc")):
        return Request(host, scheme, route.path, statuses=_ANY)
    if route == next((each for each in of_host if each.takes(readiness)), None):
        return Request(host, scheme, readiness)
    return Request(host, scheme, route.path, statuses=_ANY)


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
        return Answer("" if answer.status in request.statuses else f"answered {answer.status}", emulated)
    location = answer.headers.get("Location", "")
    led = answer.status in (301, 302, 307, 308) and location.startswith(request.location)
    return Answer("" if led else f"answered {answer.status} and did not lead to {request.location}", emulated)


def _outputs(stack: str) -> dict[str, Any]:
    from ops import deployed

    done = deployed.ask(stack, "stack", "output", "--json")
    outputs: dict[str, Any] = json.loads(done.stdout or "{}") if done.returncode == 0 else {}
    if "alb_dns" not in outputs:
        deployed.check_resources(stack)
        raise stack_file.BadStack(f"stack {stack!r} has no load balancer: {done.stderr.strip() or 'no alb_dns'}")
    return outputs
