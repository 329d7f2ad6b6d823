"""Routes: which path of which host leads where, and in which order the load balancer has to try them."""

import pytest

from components.config.routes import Route, in_order, parted, routes


@pytest.mark.parametrize(
    ("entry", "expected"),
    [("@", ("@", "/")), ("api", ("api", "/")), ("@/api", ("@", "/api")), ("shop/a/b", ("shop", "/a/b"))],
)
def test_an_entry_is_a_host_and_perhaps_a_path(entry: str, expected: tuple[str, str]) -> None:
    assert parted(entry) == expected


def test_the_longest_path_of_a_host_comes_first_and_hosts_stay_in_order() -> None:
    found = routes({"web": ["@", "admin"], "api": ["@/api"], "files": ["@/api/files", "admin/x"]})
    assert [(route.host, route.path) for route in in_order(found)] == [
        ("@", "/api/files"), ("@", "/api"), ("@", "/"), ("admin", "/x"), ("admin", "/"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "taken"), [("/api", True), ("/api/x", True), ("/apiary", False), ("/", False), ("/x/api", False)]
)
def test_a_path_takes_itself_and_what_is_below_it(path: str, taken: bool) -> None:
    assert Route("@", "/api", "api").takes(path) is taken
    assert Route("@", "/", "web").takes(path)
