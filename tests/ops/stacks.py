"""The state of a small stack, made by hand."""

from typing import Any

from analysis.preview import State

STACK = "urn:pulumi:dev::openmarket::"


def component(type_: str, name: str) -> State:
    return State(urn=f"{STACK}{type_}::{name}", type=type_)


def state(type_: str, name: str, parent: State | None = None, **inputs: Any) -> State:
    return State(
        urn=f"{STACK}{type_}::{name}", type=type_, inputs=inputs, custom=True, parent=parent.urn if parent else ""
    )


def service(name: str, **spec: Any) -> list[State]:
    whole = component("openmarket:workloads:WebService", f"shop-{name}")
    return [
        whole,
        state("kubernetes:apps/v1:Deployment", f"{name}-deployment", whole, metadata={"name": name}),
        state("kubernetes:networking.k8s.io/v1:NetworkPolicy", f"{name}-policy", metadata={"name": name}, spec=spec),
    ]


def to(*peers: dict[str, Any], port: int) -> dict[str, Any]:
    return {"to": list(peers), "ports": [{"port": port}]}


def pods(name: str) -> dict[str, Any]:
    return {"podSelector": {"matchLabels": {"app.kubernetes.io/name": name}}}


def stack() -> list[State]:
    data = component("openmarket:data:Aurora", "data-database")
    balanced = {"from": [{"ipBlock": {"cidr": "10.0.0.0/24"}}], "ports": [{"port": 3000}]}
    database = to({"ipBlock": {"cidr": "10.0.9.0/24"}}, port=3306)
    ingress = state("kubernetes:networking.k8s.io/v1:Ingress", "alb", spec={"rules": [{"host": "a"}, {"host": "b"}]})
    return [
        data,
        state("aws:rds/cluster:Cluster", "database-cluster", data, port=3306),
        state("aws:rds/clusterInstance:ClusterInstance", "database-a", data, instanceClass="db.serverless"),
        ingress,
        *service("web", ingress=[balanced], egress=[to(pods("api"), port=3000)]),
        *service("api", egress=[database]),
    ]
