"""Stands in for a node's kubelet: serves containers' logs; exec and port-forward are refused, as nothing runs."""

import select
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qsl, urlsplit

from emulator.kubernetes.addons import ebs_csi
from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import cluster_autoscaler, external_secrets, load_balancers, probes, program_starts
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.controller_logs import NAME_LABEL, Line, timestamp

_STAND_INS = {
    load_balancers.LABELS.removeprefix(f"{NAME_LABEL}="),
    external_secrets.LABELS.removeprefix(f"{NAME_LABEL}="),
    cluster_autoscaler.LABELS.removeprefix(f"{NAME_LABEL}="),
    ebs_csi.CONTROLLER,
}
"""Names of the controllers whose stand-ins write a log."""

_REFUSED = {"exec": "exec", "attach": "attach", "portForward": "port-forward", "run": "run"}
_POLL_SECONDS = 0.5


class Unavailable(Exception):
    """There is no such log; the message is that of a kubelet."""


@dataclass(frozen=True)
class Options:
    """The options of `kubectl logs`: `since` is empty, and `tail` and `limit` (in bytes) are None for everything."""

    follow: bool
    previous: bool
    timestamps: bool
    since: str
    tail: int | None
    limit: int | None


def options(query: Mapping[str, str], now: datetime) -> Options:
    """Parse the options in a request's query."""
    since = query.get("sinceTime", "")
    if "sinceSeconds" in query:
        since = (now - timedelta(seconds=int(query["sinceSeconds"]))).isoformat()
    return Options(
        follow=query.get("follow") == "true",
        previous=query.get("previous") == "true",
        timestamps=query.get("timestamps") == "true",
        since=timestamp(datetime.fromisoformat(since)) if since else "",
        tail=int(query["tailLines"]) if "tailLines" in query else None,
        limit=int(query["limitBytes"]) if "limitBytes" in query else None,
    )


def serve(context: Context, handler: BaseHTTPRequestHandler) -> bool:
    """Respond to a request to a kubelet; return False if it is none."""
    url = urlsplit(handler.path)
    match url.path.strip("/").split("/"):
        case ["containerLogs", namespace, pod, container]:
            wanted = options(dict(parse_qsl(url.query)), datetime.now(UTC))
            _send_log(context, handler, (namespace, pod, container), wanted)
        case [verb, *_] if verb in _REFUSED:
            text = f"the OpenMarket emulator runs no containers, so there is nothing to {_REFUSED[verb]} to"
            _send_text(handler, HTTPStatus.NOT_IMPLEMENTED, text)
        case _:
            return False
    return True


def lines(context: Context, pod: Object, name: str, wanted: Options) -> list[Line]:
    """Return a container's log from its start: the log of its stand-in, or a note that nothing runs.

    Every pod of a controller shows the whole log. With the real controllers only the leader's pod does.

    Raises:
        Unavailable: The container has not started, or never ran before.
    """
    started, image = _started(pod, name, wanted.previous)
    controller = pod["metadata"].get("labels", {}).get(NAME_LABEL, "")
    stand_in_lines: list[Line] = []
    text = f"emulator: no container runs here, so {image} writes no log"
    if context.logs is not None and name == pod["spec"]["containers"][0]["name"] and controller in _STAND_INS:
        stand_in_lines = list(context.logs.lines(controller, started))
        text = f"emulator: no container runs here. The following lines are from the stand-in for {image}"
    first = [text, *(f"emulator: {each}" for each in probes.simulated(pod, name, program_starts.ports(pod)))]
    return [line for line in [*(Line(started, each) for each in first), *stand_in_lines] if line.time >= wanted.since]


def _started(pod: Object, name: str, previous: bool) -> tuple[str, str]:
    """Return the time when the container started, and its image."""
    status = pod.get("status", {})
    every: list[Object] = [*status.get("containerStatuses", []), *status.get("initContainerStatuses", [])]
    found = next((each for each in every if each["name"] == name), Object(state={}))
    if previous:
        raise Unavailable(f'previous terminated container "{name}" in pod "{pod["metadata"]["name"]}" not found')
    state = found["state"].get("running") or found["state"].get("terminated")
    if state is None:
        reason = found["state"].get("waiting", {}).get("reason", "ContainerCreating")
        raise Unavailable(f'container "{name}" in pod "{pod["metadata"]["name"]}" is waiting to start: {reason}')
    return timestamp(datetime.fromisoformat(state["startedAt"])), found["image"]


def _send_log(context: Context, handler: BaseHTTPRequestHandler, which: tuple[str, str, str], wanted: Options) -> None:
    namespace, name, container = which
    pod = context.api.get("v1", "Pod", namespace, name)
    try:
        if pod is None:
            raise Unavailable(f'pod "{name}" not found')
        first = lines(context, pod, container, wanted)
    except Unavailable as error:
        _send_text(handler, HTTPStatus.BAD_REQUEST, str(error))
        return
    # The response is chunked, so that readers can tell its end from a lost connection.
    handler.protocol_version = "HTTP/1.1"
    handler.close_connection = True
    handler.send_response(HTTPStatus.OK)
    handler.send_header("Content-Type", "text/plain")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.send_header("Connection", "close")
    handler.end_headers()
    try:
        _write(handler, _text(_last(first, wanted.tail), wanted)[: wanted.limit])
        if wanted.follow:
            for more in _following(context, handler, which, wanted, len(first)):
                _write(handler, _text(more, wanted))
        handler.wfile.write(b"0\r\n\r\n")
    except OSError:
        return  # The client closed the connection.


def _following(
    context: Context, handler: BaseHTTPRequestHandler, which: tuple[str, str, str], wanted: Options, shown: int
) -> Iterator[list[Line]]:
    """Yield new lines until the client closes the connection or the container ends."""
    namespace, name, container = which
    while not select.select([handler.connection], [], [], 0)[0]:
        time.sleep(_POLL_SECONDS)
        pod = context.api.get("v1", "Pod", namespace, name)
        if pod is None or pod.get("status", {}).get("phase") in ("Succeeded", "Failed"):
            return
        every = lines(context, pod, container, wanted)
        yield every[shown:]
        shown = len(every)


def _last(every: list[Line], count: int | None) -> list[Line]:
    return every if count is None else every[max(0, len(every) - count) :]


def _text(shown: list[Line], wanted: Options) -> bytes:
    return "".join(f"{line.time} {line.text}\n" if wanted.timestamps else f"{line.text}\n" for line in shown).encode()


def _write(handler: BaseHTTPRequestHandler, text: bytes) -> None:
    if text:
        handler.wfile.write(f"{len(text):x}\r\n".encode() + text + b"\r\n")


def _send_text(handler: BaseHTTPRequestHandler, status: HTTPStatus, text: str) -> None:
    body = text.encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "text/plain")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
