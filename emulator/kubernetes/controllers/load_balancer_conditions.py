"""Builds the conditions of a load balancer's rules, and decides whether a request meets them.

A condition is a mapping with a field and its values, as the API of Elastic Load Balancing has them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import parse_qsl

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers.ingress_annotations import InvalidIngress, document

HOST, PATH, SOURCE = "host-header", "path-pattern", "source-ip"
_CONFIGURATIONS = {
    HOST: "hostHeaderConfig", PATH: "pathPatternConfig", SOURCE: "sourceIPConfig", "http-header": "httpHeaderConfig",
    "http-request-method": "httpRequestMethodConfig", "query-string": "queryStringConfig",
}  # fmt: skip

Condition = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """A request as a load balancer gets it. `source` is the client's address; names of headers are in lower case."""

    host: str
    path: str = "/"
    source: str = ""
    query: str = ""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def conditions(ingress: Object, host: str, path: Object, service: str) -> list[Condition]:
    """Return the conditions of a rule: its host and path, and those of the annotation `conditions.<service>`.

    Raises:
        InvalidIngress: They are not right.
    """
    values = {HOST: [host] if host else [], PATH: _patterns(path)}
    found: list[Condition] = []
    for name, config in _annotated(ingress, service):
        if name in values:
            values[name] += config["values"]
        elif name == "http-header":
            found.append({"field": name, "name": config["httpheadername"], "values": config["values"]})
        else:
            found.append({"field": name, "values": config["values"]})
    found += [{"field": name, "values": each} for name, each in values.items() if each]
    return found or [{"field": PATH, "values": ["/*"]}]


def matches(condition: Condition, request: Request) -> bool:
    """Return whether a request meets a condition: one of its values is enough."""
    values = condition["values"]
    match condition["field"]:
        case "host-header":
            return any(_like(value.lower(), request.host.lower()) for value in values)
        case "path-pattern":
            return any(_like(value, request.path) for value in values)
        case "source-ip":
            return bool(request.source) and any(ip_address(request.source) in ip_network(each) for each in values)
        case "http-request-method":
            return request.method in values
        case "http-header":
            header = request.headers.get(condition["name"].lower())
            return header is not None and any(_like(value.lower(), header.lower()) for value in values)
        case _:
            return any(_in_query(value, parse_qsl(request.query, keep_blank_values=True)) for value in values)


def _annotated(ingress: Object, service: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for condition in document(ingress, f"conditions.{service}") or []:
        name = condition.get("field", "")
        if name not in _CONFIGURATIONS:
            raise InvalidIngress(f"unknown condition field: {name}")
        config = condition.get(_CONFIGURATIONS[name].lower())
        if config is None:
            raise InvalidIngress(f"missing {_CONFIGURATIONS[name]}")
        if "regexvalues" in config:
            raise InvalidIngress(f"the emulator does not know regexValues, as in conditions.{service}")
        if not config.get("values"):
            raise InvalidIngress(f"invalid {_CONFIGURATIONS[name]}: values cannot be empty")
        yield name, config


def _patterns(path: Object) -> list[str]:
    """Return the path patterns of a path of the Ingress: a prefix such as `/api` is `/api` and `/api/*`."""
    text, kind = str(path.get("path", "")), path.get("pathType", "ImplementationSpecific")
    if not text or kind == "ImplementationSpecific":
        return [text] if text else []
    if kind == "Prefix" and text == "/":
        return ["/*"]
    if "*" in text or "?" in text:
        raise InvalidIngress(f"{kind.lower()} path shouldn't contain wildcards: {text}")
    if kind == "Exact":
        return [text]
    normalized = text.removesuffix("/")
    return [normalized, f"{normalized}/*"]


def _like(pattern: str, text: str) -> bool:
    parts = {"*": ".*", "?": "."}
    return re.fullmatch("".join(parts.get(each, re.escape(each)) for each in pattern), text, re.DOTALL) is not None


def _in_query(value: Mapping[str, str], query: Sequence[tuple[str, str]]) -> bool:
    key, wanted = value.get("key", "*").lower(), value["value"].lower()
    return any(_like(key, name.lower()) and _like(wanted, text.lower()) for name, text in query)
