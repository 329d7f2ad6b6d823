"""Client of the Kubernetes API with objects as plain JSON; all requests to API servers go through it."""

import base64
import json
import ssl
import threading
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import urllib3

Object = dict[str, Any]

JSON = "application/json"
FOREGROUND = "Foreground"

_WATCH_SECONDS = 300
"""Seconds after which the server ends a watch and the client starts the next one; bookmarks come every minute."""


class ApiError(Exception):
    """The API server refused a request. `status` is the HTTP code, `reason` Kubernetes', such as `AlreadyExists`."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason


class Unreachable(Exception):
    """The API server did not respond."""


class NoSuchKind(Exception):
    """The API server does not serve the kind: its CRD is not installed, or the version is not served."""


@dataclass(frozen=True)
class Kind:
    """Describes how a kind is served. `path` is that of its API group and version, such as `/apis/apps/v1`."""

    path: str
    plural: str
    namespaced: bool
    subresources: frozenset[str] = frozenset()


class Api:
    """Client of one API server. It is safe to use from several threads."""

    def __init__(self, server: str, certificate_authority: str, token: Callable[[], str]) -> None:
        """Create a client of `server`, whose certificate must be signed by `certificate_authority`, PEM in base64."""
        pem = base64.b64decode(certificate_authority).decode()
        self.server = server.rstrip("/")
        self._token = token
        context = ssl.create_default_context(cadata=pem)
        # The control plane's certificate is self-signed, so the authority is the server's own certificate.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        self._pool = urllib3.PoolManager(ssl_context=context, maxsize=64, retries=False)
        self._kinds: dict[tuple[str, str], Kind] = {}
        self._lock = threading.Lock()

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        content_type: str = JSON,
        timeout: float = 60,
        accept: str = JSON,
    ) -> Object:
        """Send one request and return the JSON object of the response; empty if the response is no object.

        Raises:
            ApiError: The server refused the request.
            Unreachable: The server did not respond.
        """
        url = f"{self.server}{path}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        headers = {"Authorization": f"Bearer {self._token()}", "Accept": accept}
        if body is not None:
            headers["Content-Type"] = content_type
        try:
            response = self._pool.request(
                method, url, headers=headers, body=None if body is None else json.dumps(body), timeout=timeout
            )
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"{self.server}: {error}") from error
        if response.status >= 400:
            raise _error(response.status, response.data)
        return cast(Object, json.loads(response.data)) if response.data[:1] == b"{" else {}

    def watch(self, api_version: str, kind: str, since: str, accept: str = JSON) -> Iterator[tuple[str, Object]]:
        """Yield the changes to objects of a kind after the resource version `since`, until the server ends the watch.

        Each is `ADDED`, `MODIFIED` or `DELETED` with the object, or `BOOKMARK` with a resource version only.

        Raises:
            ApiError: The server refused the request; with 410, the resource version is too old.
            NoSuchKind: The kind is not served.
            Unreachable: The connection failed or was lost.
        """
        query = {"watch": "true", "resourceVersion": since, "allowWatchBookmarks": "true"}
        url = f"{self.server}{self.path(api_version, kind)}?{urllib.parse.urlencode(query)}"
        headers = {"Authorization": f"Bearer {self._token()}", "Accept": accept}
        try:
            with self._pool.request(
                "GET", f"{url}&timeoutSeconds={_WATCH_SECONDS}", headers=headers, preload_content=False,
                timeout=urllib3.Timeout(connect=5, read=_WATCH_SECONDS + 10),
            ) as response:  # fmt: skip
                if response.status >= 400:
                    raise _error(response.status, response.data)
                for line in response:
                    event = json.loads(line)
                    if event["type"] == "ERROR":
                        raise _error(event["object"].get("code", 500), json.dumps(event["object"]).encode())
                    yield event["type"], event["object"]
        except urllib3.exceptions.HTTPError as error:
            raise Unreachable(f"{self.server}: {error}") from error

    def kind(self, api_version: str, kind: str) -> Kind:
        """Return how the kind is served.

        Raises:
            NoSuchKind: The kind is not served.
        """
        with self._lock:
            found = self._kinds.get((api_version, kind)) or self._discover(api_version).get(kind)
        if found is None:
            raise NoSuchKind(f'no matches for kind "{kind}" in version "{api_version}"')
        return found

    def _discover(self, api_version: str) -> dict[str, Kind]:
        path = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        try:
            resources = self.request("GET", path)["resources"]
        except ApiError as error:
            if error.status == 404:
                return {}
            raise
        below: dict[str, set[str]] = {}
        for resource in resources:
            name, _, sub = resource["name"].partition("/")
            below.setdefault(name, set()).update({sub} - {""})
        kinds = {
            resource["kind"]: Kind(path, resource["name"], resource["namespaced"], frozenset(below[resource["name"]]))
            for resource in resources
            if "/" not in resource["name"]
        }
        self._kinds |= {(api_version, name): kind for name, kind in kinds.items()}
        return kinds

    def path(self, api_version: str, kind: str, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """Return the path of an object, or of the collection if `name` is empty."""
        served = self.kind(api_version, kind)
        scope = f"/namespaces/{namespace}" if served.namespaced and namespace else ""
        parts = [f"{served.path}{scope}/{served.plural}", urllib.parse.quote(name, safe=":"), subresource]
        return "/".join(part for part in parts if part)

    def get(self, api_version: str, kind: str, namespace: str, name: str, certain: bool = False) -> Object | None:
        """Return the object; None if it or its kind does not exist.

        A client with mirrors may be late by milliseconds. With `certain`, it asks the server about what they lack.
        """
        try:
            return self.request("GET", self.path(api_version, kind, namespace, name))
        except NoSuchKind:
            return None
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, api_version: str, kind: str, namespace: str = "", **query: str) -> list[Object]:
        """Return all objects of a kind, in one namespace or in all; empty if the kind is not served."""
        try:
            answer = self.request("GET", self.path(api_version, kind, namespace), query=query)
        except NoSuchKind:
            return []
        except ApiError as error:
            if error.status == 404:
                return []
            raise
        # Items of a list carry no kind of their own.
        return [{"apiVersion": api_version, "kind": kind, **item} for item in answer.get("items", [])]

    def apply(self, body: Object, manager: str, force: bool = False, dry_run: bool = False) -> Object:
        """Create the object, or change the fields that `manager` owns, with server-side apply."""
        metadata = body["metadata"]
        path = self.path(body["apiVersion"], body["kind"], metadata.get("namespace", ""), metadata["name"])
        query = {"fieldManager": manager, "force": str(force).lower()} | ({"dryRun": "All"} if dry_run else {})
        return self.request("PATCH", path, body, query, "application/apply-patch+yaml")

    def patch(self, target: Object, patch: Any, subresource: str = "", merge: bool = True) -> Object:
        """Change an object with a JSON merge patch, or with a list of JSON patch operations."""
        kind = "merge-patch+json" if merge else "json-patch+json"
        return self.request("PATCH", self.path_of(target, subresource), patch, content_type=f"application/{kind}")

    def path_of(self, target: Object, subresource: str = "") -> str:
        """Return the path of an existing object."""
        metadata = target["metadata"]
        return self.path(
            target["apiVersion"], target["kind"], metadata.get("namespace", ""), metadata["name"], subresource
        )

    def delete(self, target: Object, propagation: str = FOREGROUND, at_once: bool = False) -> None:
        """Request the object's deletion; it is no error if it does not exist. `at_once` skips a pod's grace period."""
        body: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": propagation}
        if at_once:
            body |= {"gracePeriodSeconds": 0, "preconditions": {"uid": target["metadata"]["uid"]}}
        try:
            self.request("DELETE", self.path_of(target), body)
        except NoSuchKind:
            return
        except ApiError as error:
            # 409: another object of the same name has replaced it.
            if error.status != 404 and not (at_once and error.status == 409):
                raise


def _error(status: int, data: bytes) -> ApiError:
    try:
        answer = json.loads(data)
        return ApiError(status, answer.get("reason", ""), answer.get("message") or data.decode())
    except ValueError:
        return ApiError(status, "", data.decode(errors="replace"))
