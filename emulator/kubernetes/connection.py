"""From a kubeconfig to an API client, by client-go's rules for credentials."""

import base64
import json
import os
import subprocess
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import yaml

from emulator.kubernetes.api import Api

_EXEC_SECONDS = 60
# Fetch a new token a little before the old one ends.
_EARLY_SECONDS = 30


class InvalidKubeconfig(ValueError):
    """The kubeconfig cannot be used; the message says why."""


class CredentialsError(Exception):
    """The kubeconfig's credential plugin did not answer with a token."""


def parse(kubeconfig: str | Mapping[str, Any]) -> dict[str, Any]:
    """A kubeconfig given as YAML or JSON text, as a path, or already parsed."""
    if isinstance(kubeconfig, Mapping):
        return dict(kubeconfig)
    if "\n" not in kubeconfig and "{" not in kubeconfig:
        path = Path(kubeconfig).expanduser()
        if not path.exists():
            raise InvalidKubeconfig(f"kubeconfig: there is no file {kubeconfig!r}")
        kubeconfig = path.read_text()
    try:
        content: Any = yaml.safe_load(kubeconfig)
    except yaml.YAMLError as error:
        raise InvalidKubeconfig(f"kubeconfig is not valid YAML: {error}") from None
    if not isinstance(content, dict):
        raise InvalidKubeconfig("kubeconfig must be a mapping with clusters, contexts and users")
    return cast(dict[str, Any], content)


def cluster_of(kubeconfig: Mapping[str, Any], context: str = "") -> Mapping[str, Any]:
    """The cluster entry of the context, or of the current context.

    Raises:
        InvalidKubeconfig: It is not there.
    """
    return _entry(kubeconfig, "cluster", _context(kubeconfig, context)["cluster"])


def connect(kubeconfig: Mapping[str, Any], context: str = "") -> Api:
    """A client for the context, or for the current context.

    Raises:
        InvalidKubeconfig: An entry is missing, or of a sort that the emulator's clusters do not have.
    """
    chosen = _context(kubeconfig, context)
    cluster = cluster_of(kubeconfig, context)
    user = _entry(kubeconfig, "user", chosen["user"])
    unsupported = sorted(user.keys() - {"exec", "token", "tokenFile"})
    if unsupported or not user:
        raise InvalidKubeconfig(f"kubeconfig: user {chosen['user']!r} must have exec or token, not {unsupported}")
    server = str(cluster.get("server", ""))
    if not server.startswith("https://127.0.0.1:"):
        raise InvalidKubeconfig(
            f"kubeconfig: the server {server!r} is no cluster of the emulator (https://127.0.0.1:...)"
        )
    authority = cluster.get("certificate-authority-data")
    if authority is None:
        authority = base64.b64encode(Path(str(cluster["certificate-authority"])).read_bytes()).decode()
    if "exec" in user:
        return Api(server, str(authority), ExecToken(user["exec"]).get)
    token = str(user.get("token") or Path(str(user["tokenFile"])).read_text().strip())
    return Api(server, str(authority), lambda: token)


class ExecToken:
    """A token from a credential plugin such as `aws eks get-token`, fetched again when it ends."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._token = ""
        self._until = 0.0

    def get(self) -> str:
        """The current token.

        Raises:
            CredentialsError: The plugin is not on PATH, failed, or answered something else.
        """
        with self._lock:
            if not self._token or time.time() > self._until:
                self._fetch()
            return self._token

    def _fetch(self) -> None:
        command, version = str(self._settings["command"]), str(self._settings["apiVersion"])
        environment = {str(entry["name"]): str(entry["value"]) for entry in self._settings.get("env") or []}
        info = {"apiVersion": version, "kind": "ExecCredential", "spec": {"interactive": False}}
        try:
            result = subprocess.run(
                [command, *map(str, self._settings.get("args") or [])],
                env={**os.environ, "KUBERNETES_EXEC_INFO": json.dumps(info), **environment},
                capture_output=True,
                text=True,
                timeout=_EXEC_SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise CredentialsError(f"getting credentials: exec: executable {command} not found on PATH") from None
        except subprocess.TimeoutExpired:
            raise CredentialsError(f"getting credentials: exec: {command} took longer than {_EXEC_SECONDS} s") from None
        if result.returncode != 0:
            raise CredentialsError(
                f"getting credentials: exec: executable {command} failed with exit code {result.returncode}: "
                f"{result.stderr.strip()}"
            )
        try:
            answer = json.loads(result.stdout)
            self._token = str(answer["status"]["token"])
        except (ValueError, KeyError, TypeError):
            raise CredentialsError(f"getting credentials: exec: {command} did not print an ExecCredential") from None
        if answer.get("apiVersion") != version:
            raise CredentialsError(
                f"getting credentials: exec plugin is configured to use API version {version}, plugin returned "
                f"version {answer.get('apiVersion')}"
            )
        expires = answer["status"].get("expirationTimestamp")
        self._until = datetime.fromisoformat(expires).timestamp() - _EARLY_SECONDS if expires else float("inf")


def _context(kubeconfig: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return _entry(kubeconfig, "context", name or str(kubeconfig.get("current-context", "")))


def _entry(kubeconfig: Mapping[str, Any], kind: str, name: str) -> Mapping[str, Any]:
    for entry in kubeconfig.get(f"{kind}s") or []:
        if entry.get("name") == name:
            return cast(Mapping[str, Any], entry.get(kind) or {})
    raise InvalidKubeconfig(f"kubeconfig: there is no {kind} {name!r}")
