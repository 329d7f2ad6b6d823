"""What objects of the cluster open, as the comment tells it."""

from typing import Any

from ops.comment import cluster_exposure
from tests.ops.previews import state

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


def opened(*rules: dict[str, Any]) -> set[str]:
    """What a network policy with these rules of egress opens."""
    exposures = cluster_exposure.of(state(POLICY, "orders", spec={"egress": list(rules)}))
    return {f"{each.what} {each.open_to}" for each in exposures}


def way(cidr: str, *ports: dict[str, Any]) -> dict[str, Any]:
    return {"to": [{"ipBlock": {"cidr": cidr}}], "ports": list(ports)}


def test_another_port_of_the_same_network_is_another_exposure() -> None:
    https, mail = {"port": 443, "protocol": "TCP"}, {"port": 587}
    before, after = opened(way("0.0.0.0/0", https)), opened(way("0.0.0.0/0", https), way("0.0.0.0/0", mail))
    assert after - before == {"network from pods of <orders>, TCP 587 the internet (0.0.0.0/0)"}


def test_no_ports_are_all_of_them() -> None:
    assert opened({"to": [{"ipBlock": {"cidr": "198.51.100.0/24"}}]}) == {
        "network from pods of <orders>, every port 198.51.100.0/24"
    }
