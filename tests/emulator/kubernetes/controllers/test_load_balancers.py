"""A protected load balancer stays, and says why, until the protection is taken off."""

from types import SimpleNamespace
from typing import Any, cast

from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.load_balancer_model import CONTROLLER, FINALIZER
from emulator.kubernetes.controllers.load_balancers import LoadBalancers

ATTRIBUTES = "alb.ingress.kubernetes.io/load-balancer-attributes"


def leaving(protected: str) -> dict[str, Any]:
    """An Ingress that is being deleted."""
    return {
        "metadata": {
            "name": "shop",
            "namespace": "shop",
            "uid": "1",
            "annotations": {ATTRIBUTES: f"idle_timeout.timeout_seconds=60,deletion_protection.enabled={protected}"},
            "finalizers": [FINALIZER],
            "deletionTimestamp": "2026-01-01T00:00:00Z",
        },
        "spec": {"ingressClassName": "alb"},
    }


class Cluster:
    """One with a controller and one Ingress; remembers what is deleted, said and patched."""

    def __init__(self, ingress: dict[str, Any]) -> None:
        self.deleted, self.events, self.patches = list[str](), list[str](), list[Any]()
        ingress_class = {"metadata": {"name": "alb"}, "spec": {"controller": CONTROLLER}}
        lists = {"Ingress": [ingress], "IngressClass": [ingress_class], "TargetGroupBinding": []}
        api = SimpleNamespace(
            list=lambda _version, kind, *_, **__: lists[kind], patch=lambda _, change: self.patches.append(change)
        )
        context = SimpleNamespace(
            cluster="dev",
            api=api,
            aws=SimpleNamespace(remove_load_balancer=self.deleted.append),
            running=lambda _: SimpleNamespace(),
            denied=lambda *_: "",
            event=lambda _ingress, _type, _reason, message, **_: self.events.append(message),
            log=lambda *_: None,
        )
        self.context = cast(Context, context)


def test_a_protected_load_balancer_is_not_deleted() -> None:
    cluster, controller = Cluster(leaving("true")), LoadBalancers()
    for _ in range(5):
        controller.reconcile(cluster.context)
    assert (cluster.deleted, cluster.patches) == ([], [])
    assert set(cluster.events) == {
        "Failed build model due to deletion_protection is enabled, cannot delete the ingress: shop"
    }


def test_without_protection_it_goes_and_the_ingress_after_it() -> None:
    cluster, controller = Cluster(leaving("false")), LoadBalancers()
    # Each step asks for the next one, as nothing changes in the cluster meanwhile.
    assert [controller.reconcile(cluster.context) is not None for _ in range(4)] == [True, True, True, False]
    assert len(cluster.deleted) == 1
    assert cluster.patches == [{"metadata": {"finalizers": []}}]
    assert cluster.events == []
