"""Addresses of pods: none is given twice while anybody may still send requests to it."""

from concurrent.futures import ThreadPoolExecutor
from typing import cast

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers.pod_addresses import ADDRESS, PodAddresses
from emulator.kubernetes.watching import Mirror


class Pods:
    """The pods of a cluster, of which each has only an address."""

    def __init__(self, *addresses: str, in_status: tuple[str, ...] = ()) -> None:
        self.pods: list[Object] = [{"metadata": {"annotations": {ADDRESS: each}}} for each in addresses]
        self.pods += [{"metadata": {}, "status": {"podIP": each}} for each in in_status]

    def all(self) -> list[Object]:
        return self.pods


def addresses(pods: Pods) -> PodAddresses:
    return PodAddresses(cast(Mirror, pods))


def test_an_address_is_not_given_again_when_its_pod_is_gone() -> None:
    pods = Pods()
    given = addresses(pods)
    first = given.free()
    pods.pods = [{"metadata": {"annotations": {ADDRESS: first}}}]
    assert given.free() != first
    pods.pods = []
    assert first not in {given.free() for _ in range(1000)}


def test_pods_that_were_there_before_keep_theirs() -> None:
    given = addresses(Pods("100.64.0.7", in_status=("100.64.0.9", "10.0.0.4"))).free()
    assert given == "100.64.0.10"


def test_pods_without_an_address_are_no_obstacle() -> None:
    pods = Pods()
    pods.pods = [{"metadata": {"name": "pending"}, "status": {}}, {"metadata": {}, "status": {"podIP": ""}}]
    assert addresses(pods).free() == "100.64.0.1"


def test_after_the_last_address_the_first_free_one_follows() -> None:
    given = addresses(Pods("100.64.255.254", "100.64.0.1"))
    assert [given.free(), given.free()] == ["100.64.0.2", "100.64.0.3"]


def test_threads_get_different_addresses() -> None:
    given = addresses(Pods())
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: given.free(), range(400)))
    assert len(set(found)) == len(found)
