"""The routes from the internet to services: which paths of which hosts lead where. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

_LABEL = r"(@|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)"
_SEGMENT = r"\.?[A-Za-z0-9_~-][A-Za-z0-9._~-]*"

_FULL = r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"

FullName = Annotated[str, StringConstraints(pattern=f"^{_FULL}$", max_length=128)]
"""A full host name, as long as a pattern of the load balancer may be."""

HostLabel = Annotated[str, StringConstraints(pattern=f"^({_LABEL}|{_FULL})$")]
"""A name below the stack's domain, where `@` is the domain itself, or the full name of a host in another one."""

_LONGEST_PATH = 126
"""Characters of a beginning of paths: with the two that go behind it, as long as a pattern of the load balancer may be.

https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_PathPatternConditionConfig.html
"""


def _short_path(entry: str) -> str:
    if len(parted(entry)[1]) > _LONGEST_PATH:
        raise ValueError(f"the load balancer takes paths of {_LONGEST_PATH} characters")
    return entry


HostAndPath = Annotated[
    str, StringConstraints(pattern=f"^({_LABEL}|{_FULL})(/{_SEGMENT})*$"), AfterValidator(_short_path)
]
"""A host label, and the beginning of paths unless all paths of the host are meant: `@/api`."""

ALL = "/"
"""The path of a route that takes all paths of its host."""


@dataclass(frozen=True)
class Route:
    """Requests to a host, by label or full name, whose path is `path` or lies below it go to the service."""

    host: str
    path: str
    service: str

    def takes(self, path: str) -> bool:
        """True if it is for requests with this path: `/api` takes `/api` and `/api/x`, and not `/apiary`."""
        return self.path == ALL or path == self.path or path.startswith(f"{self.path}/")


def parted(entry: str) -> tuple[str, str]:
    """The label and the path of an entry of `hosts`."""
    label, slash, path = entry.partition("/")
    return label, f"{slash}{path}" or ALL


def routes(hosts: Mapping[str, Iterable[str]]) -> Iterator[Route]:
    """The routes by label, from the entries in `hosts` by service."""
    for service, entries in hosts.items():
        for entry in entries:
            yield Route(*parted(entry), service)


def in_order(found: Iterable[Route]) -> list[Route]:
    """The routes as the load balancer tries them: host by host, and of a host the longest path first."""
    listed = list(found)
    hosts = list(dict.fromkeys(route.host for route in listed))
    return sorted(listed, key=lambda route: (hosts.index(route.host), -len(route.path)))
