"""Services' stanzas at random, and whether network policies let through what stanzas declare, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from components.config.services import PLACEHOLDER_IMAGE
from tests.components.workloads.network_policy_rules import End, Policy, Rules

Stanza = dict[str, Any]
Stanzas = dict[str, Stanza]

NAMESPACE = "openmarket-dev"
_WEB_PORTS = (3000, 4000, 8080)
_OTHER_PORTS = (22, 80, 443, 3306, 6379, 9090)
_STORES = {"database": 3306, "cache": 6379}
_OUTSIDE = {
    "internet": End("203.0.113.9"),
    "load balancer": End("10.10.192.5"),
    "data": End("10.10.224.5"),
    "node": End("10.10.2.2"),
    "metadata": End("169.254.169.254"),
    "stranger": End("10.10.1.6", NAMESPACE, {"app.kubernetes.io/name": "stranger"}),
    "other namespace": End("10.10.1.7", "default", {"app.kubernetes.io/name": "s0"}),
}
"""By the CIDR plan of dev."""

_WRONG = 7
"""Out of 20. Hypothesis draws 0 and 19 more often than others, which would leave little that is right."""

_QUEUE = "arn:aws:sqs:ap-northeast-2:123456789012:orders"
_KEY = "arn:aws:kms:ap-northeast-2:123456789012:key/12345678-1234-1234-1234-123456789012"
_SCHEMAS = ({"name": "orders"}, {"name": "order_items_2"})
_USES = ("database", "cache", "tokens", "apiKeys", "uploads", "uploads:read", "assets", "assets:write")


_PROXY: Stanza = {"image": PLACEHOLDER_IMAGE, "arguments": ["serve-hostname"], "cpu": "10m", "memory": "16Mi"}
_HEALTH = ({"protocol": "tcp"}, {"protocol": "grpc"}, {"readiness": "/ready"}, {"command": ["true"]})
_VOLUME, _ALONE = {"path": "/data", "size": "1Gi"}, {"replicas": 1, "maxReplicas": 1}
_HEARTBEAT: Stanza = {"heartbeat": {"file": "/tmp/alive", "seconds": 30}}  # noqa: S108


def batches(size: int) -> SearchStrategy[Stanzas]:
    """So many stanzas each time, small enough for all to run at once. Some are wrong, and some contradict others."""
    names = [f"s{number}" for number in range(size)]
    return st.fixed_dictionaries({name: stanzas(name, [other for other in names if other != name]) for name in names})


def stanzas(name: str, others: Sequence[str]) -> SearchStrategy[Stanza]:
    """Stanzas of a service of any kind, which may call the others."""
    return st.sampled_from(("web", "web", "worker", "cronJob", "task")).flatmap(
        lambda kind: _of_kind(kind, name, others)
    )


def _of_kind(kind: str, name: str, others: Sequence[str]) -> SearchStrategy[Stanza]:
    required: dict[str, SearchStrategy[Any]] = {
        "cpu": _mostly(st.sampled_from(("10m", "20m", "0.05")), st.sampled_from(("0", "64", "-1"))),
        "memory": _mostly(st.sampled_from(("16Mi", "32Mi")), st.sampled_from(("32MB", "900Gi"))),
        "uses": _several(_USES, 3),
        "calls": _several(others, 3),
    }
    optional: dict[str, SearchStrategy[Any]] = {
        "priority": _mostly(st.sampled_from(("normal", "low")), st.just("high")),
        "disk": _mostly(st.sampled_from(("64Mi", "2Gi")), st.just("5GB")),
        "internet": st.booleans(),
        "egress": st.sampled_from((22, 80)).map(
            lambda port: [{"cidr": f"{_OUTSIDE['internet'].address}/32", "port": port}]
        ),
        # Of those that use the shop's schema too, each is a contradiction.
        "database": _mostly(st.sampled_from(_SCHEMAS), st.sampled_from(({"name": "sys"}, {}))),
        "sidecars": st.sampled_from(({}, {"port": 15000})).map(lambda more: {"proxy": _PROXY | more}),
        "environment": st.dictionaries(
            _mostly(st.sampled_from(("MODE", "LEVEL")), st.just("PORT")), st.text("abc", max_size=3), max_size=2
        ),
        "writable": _mostly(_several(("/data", "/cache"), 2), st.sampled_from((["/tmp"], ["data"]))),  # noqa: S108
    }
    if kind in ("web", "worker"):
        required["replicas"] = _mostly(st.integers(2, 3), st.sampled_from((0, 500)))
        required["maxReplicas"] = _mostly(st.just(3), st.sampled_from((1, 500)))
        optional["volume"] = _mostly(st.just(_VOLUME), st.just(_VOLUME | {"size": "1GB"}))
        optional |= {"cpuTarget": _mostly(st.integers(1, 100), st.just(0)), "startupSeconds": st.just(60)}
        optional["queue"] = _mostly(
            st.sampled_from(({"arn": _QUEUE}, {"arn": f"{_QUEUE}.fifo", "keyArn": _KEY})),
            st.sampled_from(({"arn": "orders"}, {"arn": _QUEUE, "messagesPerPod": 0}, {})),
        )
        # Of those that have three replicas anyway, each is a contradiction.
        sale = {"start": "0 9 * * *", "end": "0 18 * * *", "replicas": 3}
        optional["scheduledReplicas"] = _mostly(
            st.sampled_from(([], [sale], [sale, sale | {"timeZone": "Asia/Seoul"}])),
            st.sampled_from(([sale | {"end": sale["start"]}], [sale | {"start": "noon"}], [sale, sale])),
        )
    if kind == "worker":
        optional |= {"health": st.sampled_from((_HEARTBEAT, {"command": ["true"]})), "drainSeconds": st.integers(5, 90)}
    if kind == "web":
        optional |= {
            "hosts": st.just([name]),
            "port": _mostly(st.sampled_from(_WEB_PORTS), st.just(80)),
            "drainSeconds": _mostly(st.integers(5, 50), st.just(90)),
            "requestTarget": _mostly(st.sampled_from((1, 600)), st.just(0)),
            "stickinessSeconds": st.sampled_from((0, 60)),
            "ports": _mostly(st.just({"metrics": 9090}), st.just({"http": 9090})),
            "health": st.sampled_from(_HEALTH),
            "metricsPath": st.sampled_from(("", "/metrics")),
        }
    if kind == "cronJob":
        required["schedule"] = _mostly(
            st.sampled_from(("0 3 * * *", "*/5 * * * 1-5")), st.sampled_from(("daily", "0 3 31 2 *"))
        )
        optional["timeZone"] = _mostly(st.just("Asia/Seoul"), st.just("Asia/Busan"))
        optional["concurrency"] = st.sampled_from(("forbid", "allow", "replace"))
    if kind in ("cronJob", "task"):
        optional |= {"deadlineSeconds": st.integers(60, 3600), "retries": st.integers(0, 3), "keptRuns": st.just(1)}
    named = {} if kind == "web" else {"kind": st.just(kind)}
    drawn = st.fixed_dictionaries({**named, **required}, optional=optional)
    # What belongs to another kind cannot be written.
    foreign = {"schedule": "0 3 * * *"} if kind == "web" else {"port": 3000}
    # Only one pod can have a volume: one that is wrong anyway is drawn with several.
    return st.tuples(drawn, st.integers(0, 19)).map(
        lambda each: each[0] | (foreign if each[1] == _WRONG else _ALONE if "volume" in each[0] else {})
    )


def _mostly(right: SearchStrategy[Any], wrong: SearchStrategy[Any]) -> SearchStrategy[Any]:
    return st.integers(0, 19).flatmap(lambda number: wrong if number == _WRONG else right)


def _several(words: Sequence[str], most: int) -> SearchStrategy[list[str]]:
    each = st.sampled_from(words)
    return _mostly(st.lists(each, max_size=most, unique=True), each.map(lambda word: [word, word]))


def wrong_flows(policies: Sequence[Policy], stanzas: Mapping[str, Stanza]) -> Iterator[str]:
    """The connections that are open and not declared, or declared and not open."""
    rules = Rules(NAMESPACE, policies)
    pods = {
        name: End(f"10.10.1.{20 + index}", NAMESPACE, {"app.kubernetes.io/name": name})
        for index, name in enumerate(stanzas)
    }
    ends = pods | _OUTSIDE
    for source in ends:
        for target in ends:
            if source == target or (source not in pods and target not in pods):
                continue
            for port in (*_WEB_PORTS, *_OTHER_PORTS):
                declared = _declared(source, target, port, stanzas)
                if rules.allow(ends[source], ends[target], port) != declared:
                    yield f"{source} to {target}:{port} is {'closed' if declared else 'open'}"


def _declared(source: str, target: str, port: int, stanzas: Mapping[str, Stanza]) -> bool:
    sender, receiver = stanzas.get(source), stanzas.get(target)
    ports = _ports(receiver) if receiver else []
    if sender is None:
        answers = source == "load balancer" and port in ports[:1]
        return answers and bool(cast(Stanza, receiver).get("hosts"))
    if receiver is not None:
        return port in ports and target in sender.get("calls", [])
    if target == "internet":
        named = [each["port"] for each in sender.get("egress", [])]
        return port in named or (port == 443 and sender.get("internet", True))
    stores = {*sender.get("uses", []), *(["database"] if "database" in sender else [])}
    return target == "data" and any(port == _STORES[each] for each in _STORES if each in stores)


def _ports(stanza: Stanza) -> list[int]:
    """At which a service answers those that call it, its own before further ones."""
    web = stanza.get("kind", "web") == "web"
    return [stanza.get("port", 3000), *stanza.get("ports", {}).values()] if web else []
