"""Stands in for vpc-cni's address management: gives each pod an address that no other pod has or had lately."""

import ipaddress
import threading

from emulator.kubernetes.api import Object
from emulator.kubernetes.watching import Mirror

ADDRESS = "emulator.openmarket/address"
"""Annotation of pods with the address that `stages/pods.yaml` copies into their status."""

_NETWORK = ipaddress.IPv4Network("100.64.0.0/16")


class PodAddresses:
    """The addresses of one cluster's pods.

    A pod's address is the next one after the last that was given, so an address comes back only after 65,000 others.
    EKS waits for 30 seconds. Until then Services, which learn late of deleted pods, still send requests to it.
    """

    def __init__(self, pods: Mirror) -> None:
        self._pods = pods
        self._last: ipaddress.IPv4Address | None = None
        self._lock = threading.Lock()

    def free(self) -> str:
        """Return an address for a new pod."""
        with self._lock:
            taken = set(filter(None, map(_address, self._pods.all())))
            if self._last is None:
                self._last = max(taken, default=_NETWORK.network_address)
            following = self._following(self._last)
            while following in taken:
                following = self._following(following)
            self._last = following
            return str(following)

    @staticmethod
    def _following(address: ipaddress.IPv4Address) -> ipaddress.IPv4Address:
        usable = _NETWORK.num_addresses - 2
        return _NETWORK.network_address + (int(address) - int(_NETWORK.network_address)) % usable + 1


def _address(pod: Object) -> ipaddress.IPv4Address | None:
    """Return the pod's address of the pods' network; None if it has none yet, or its node's."""
    known = pod["metadata"].get("annotations", {}).get(ADDRESS) or pod.get("status", {}).get("podIP")
    address = ipaddress.IPv4Address(known) if known else None
    return address if address and address in _NETWORK else None
