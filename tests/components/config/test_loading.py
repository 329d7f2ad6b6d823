"""A wrong configuration: every problem at once, in the words of the stack file, before anything exists."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components import config
from components.config import lookups
from components.config.cluster import ClusterConfig
from components.config.rules import creator
from components.config.uses import CALLS_AWS, Use
from tests.components.addons.changed_addons import with_nodes
from tests.components.program import Deployed, run, run_program, sending_mail, stack_file

ROLE = "arn:aws:iam::123456789012:role/"
Settings = dict[str, Any]


def message(settings: Settings, stack: str = "dev") -> str:
    """What the program says about these settings."""
    created: list[Deployed] = []
    with pytest.raises(pulumi.RunError) as refusal:
        created.append(run_program(stack, settings))
    assert not created
    return str(refusal.value)


def changed(path: str, value: Any, stack: str = "dev") -> Settings:
    """The stack's settings with one value changed; a None takes the key away."""
    settings = deepcopy(stack_file(stack))
    key, *rest = path.split(".")
    parts = [f"aws:{key[4:]}" if key.startswith("aws:") else f"openmarket:{key}", *rest]
    section: Any = settings
    for part in parts[:-1]:
        section = section[part]
    if value is None:
        del section[parts[-1]]
    else:
        section[parts[-1]] = value
    return settings


WRONG = [
    ("cost.usage.natGb", "1e400", "at most 1,000,000,000,000"),
    ("cost.usage.natGb", float("inf"), "0 or more"),
    ("alarms.emails", ["oncall"], "e-mail addresses such as [oncall@example.com]"),
    ("alarms.emails", ["a@example.com", "a@example.com"], "listed twice: a@example.com"),
    ("alarms.emails", "a@example.com", "e-mail addresses such as [oncall@example.com]"),
    ("alarms.topics.critical", "pager", "the ARN of an SNS topic"),
    ("alarms.topics.warning", "arn:aws:sns:us-east-1:123456789012:pager", "a topic in ap-northeast-2"),
    ("alarms.topics", {"info": ""}, "no such key"),
    ("alarms.runbook", "http://example.com", "the https:// address"),
    ("alarms.latencySeconds", 0, "more than 0"),
    ("alarms.blockedRequests", 0, "1 or more"),
    ("alarms", None, "a mapping with emails, topics"),
    ("cost.monthlyBudget", "1e400", "at most 1,000,000,000,000"),
    ("network.cidr", "10.10.0.0/28", "between /16 and /20"),
    ("network.cidr", "10.10.0.1/16", "a private IPv4 network"),
    ("network.cidr", "8.8.0.0/16", "these are public addresses"),
    ("network.cidr", "127.0.0.0/16", "public addresses or reserved ones"),
    ("network.cidr", "169.254.0.0/16", "public addresses or reserved ones"),
    ("network.cidr", "224.0.0.0/16", "public addresses or reserved ones"),
    ("network.cidr", "172.32.0.0/16", "public addresses or reserved ones"),
    ("network.cidr", "ten", "such as 10.10.0.0/16"),
    ("network.zones", ["a"], "at least two different zone letters"),
    ("network.zones", ["a", "a"], "listed twice: a"),
    ("network.nat", "double", "single or perZone"),
    ("network", "10.10.0.0/16", "a mapping with cidr, zones"),
    ("network", "{cidr: 10", "valid JSON"),
    ("network", ["a"], "a mapping with cidr, zones"),
    ("domain", f"{'x' * 64}.example.com", "a lower-case domain name"),
    ("domain", f"{'x' * 60}." * 4 + "com", "a lower-case domain name"),
    ("domain", None, "such as dev.openmarket.example.com"),
    ("domain", "https://openmarket.example.com", "a lower-case domain name"),
    ("production", "perhaps", "true or false"),
    ("production", "yes", "true or false"),
    ("production", "1", "true or false"),
    ("ingress.allowedCidrs", {"admin": [1]}, "networks that may reach them"),
    ("services.backend-api.cpu", "0", "such as 250m"),
    ("services.backend-api.cpu", "0.0", "such as 250m"),
    ("services.backend-api.cpu", "0m", "such as 250m"),
    ("services.backend-api.memory", "0Mi", "such as 512Mi"),
    ("services.backend-api.maxReplicas", 1_000_000_000, "at most 10,000"),
    ("services.backend-api.writable", ["/tmp"], "writable already"),  # noqa: S108
    ("services.frontend-web.writable", ["/app/.next"], "would hide the build of Next.js"),
    ("services.backend-api.writable", ["/TMP"], "/TMP and /tmp would be volumes of one name"),
    ("services.backend-api.writable", ["/_"], "/_ has no letter or digit"),
    ("services.backend-api.internet", "yes", "true or false"),
    ("services.backend-api.internet", 1, "true or false"),
    ("addons.prometheus.enabled", "off", "true or false"),
    ("services.backend-api.writable", ["/app/a_b", "/app/a-b"], "volumes of one name"),
    ("services.backend-api.writable", ["/data/../etc"], "directories it writes to"),
    ("services.backend-api.writable", ["/."], "directories it writes to"),
    ("services.backend-api.environment", {"A=B": "x"}, "environment variables"),
    ("services.backend-api.environment", {"PORT": "8080"}, "PORT is the stanza's port"),
    ("services.backend-api.image", "x@sha256:abc", "with a tag or digest"),
    ("services.backend-api.image", "Nginx:1.0", "with a tag or digest"),
    ("services.backend-api.image", "http://foo/bar:1", "with a tag or digest"),
    ("services.backend-api.image", f"nginx:{'1' * 129}", "with a tag or digest"),
    ("logRetentionDays", 8, "not a period that CloudWatch knows"),
    ("logRetentionDays", "a week", "days, one of 1, 3, 5"),
    ("cluster.version", 1.36, "put it in quotes"),
    ("cluster.version", "1.29", "one of 1.35, 1.36, 1.37"),
    ("cluster.serviceCidr", "10.10.128.0/20", "does not overlap the VPC's 10.10.0.0/16"),
    ("cluster.serviceCidr", "172.20.0.0/30", "between /12 and /24"),
    ("cluster.serviceCidr", "100.64.0.0/16", "within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16"),
    ("cluster.serviceCidr", "169.254.0.0/16", "within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16"),
    ("cluster.nodeGroups", {"general": None}, "a mapping with at least instanceTypes, architecture, capacity"),
    ("cluster.nodeGroups.general.labels", {"kubernetes.io/role": "shop"}, "EKS keeps kubernetes.io/"),
    ("cluster.nodeGroups.general.labels", {"work load": "shop"}, "another name: a mapping of node labels"),
    ("cluster.nodeGroups.general.labels", {"workload": "the shop"}, "values of at most 63 letters"),
    ("cluster.nodeGroups.general.labels", {"workload": "x" * 64}, "values of at most 63 letters"),
    ("cluster.nodeGroups.general.taints", [{"key": "a b", "effect": "NoSchedule"}], "a taint key, such as dedicated"),
    ("cluster.nodeGroups.general.taints", ["dedicated"], "a mapping with at least key, effect"),
    ("services.frontend-web.requestTarget", True, "requestTarget is true\n    needs requests a minute"),
    ("database.serverlessCapacity", [True, 4], "serverlessCapacity is [true, 4]\n    needs"),
    ("alarms.blockedRequests", True, "alarms.blockedRequests is true\n    needs"),
    ("cluster.endpoint.publicCidrs", ["198.51.100.7/32", "10.0.0.0/8"], "10.0.0.0/8 is not public: give the public"),
    ("cluster.endpoint", {"public": True}, "cluster.endpoint.publicCidrs is []\n    needs an allow-list"),
    ("cluster.access.administrators", ["arn:aws:sts::123456789012:assumed-role/a/b"], "ARNs of IAM roles"),
    ("cluster.nodeGroups", {}, "at least one node group"),
    ("cluster.nodeGroups.general.desired", 17, "a number of nodes from min to max, which are 1 and 16"),
    ("cluster.nodeGroups.general.architecture", "x86_64", "types that run x86_64, as architecture says, which t4g"),
    ("cluster.nodeGroups.general.capacity", "cheap", "onDemand or spot"),
    ("cluster.nodeGroups.general.zones", ["b"], "zones out of the network's a, c"),
    ("cluster.addonVersions", {"ebs": "1"}, "addonVersions.ebs is 1\n    needs another name"),
    ("addons", None, "a mapping with replicas"),
    ("addons.replicas", 1, "2 to 5 pods"),
    ("addons.clusterAutoscaler.expander", "price", "least-waste, most-pods, least-nodes or random"),
    ("addons.clusterAutoscaler.imageTag", "latest", "such as v1.36.1"),
    ("addons.clusterAutoscaler.imageTag", "v1.35.2", "the cluster's Kubernetes minor, v1.36.x"),
    ("addons.containerInsights.applicationSignals", None, "true or false"),
    ("addons.prometheus.retentionDays", 0, "1 to 365"),
    ("addons.prometheus.storageGib", 5, "10 to 16384"),
    ("addons.verticalPodAutoscaler.enabled", "maybe", "true or false"),
    ("encryption.keys", "many", "perStack or perStore"),
    ("database.engineVersion", "8.4.mysql_aurora.8.4.7", "an Aurora MySQL 3 version"),
    ("database.instanceClass", "t4g.medium", "a class of Aurora instances"),
    ("database.instances", 3, "at most one instance per zone of the network, which has 2"),
    ("database.instances", 0, "the writer and its readers"),
    ("database.serverlessCapacity", [0, 2.3], "half units"),
    ("database.serverlessCapacity", [4, 2], "the lower one first"),
    ("database.serverlessCapacity", [0, 0.5], "the upper one 1 or more"),
    ("database.backupDays", 36, "1 to 35"),
    ("database.restoreFrom", {"snapshot": "before"}, "the identifier of the new cluster, as snapshot is set"),
    ("database.restoreFrom", {"into": "openmarket-dev-aurora-2"}, "either a snapshot or a time"),
    ("database.restoreFrom", {"into": "openmarket-dev-aurora-2", "time": "latest"}, "the cluster whose backups have"),
    (
        "database.restoreFrom",
        {"into": "other-2", "snapshot": "before"},
        "openmarket-dev-aurora- and at most 13 characters",
    ),
    ("database.restoreFrom.time", "yesterday", 'such as "2026-11-26T10:15:00Z", or latest'),
    ("database.restoreFrom.into", "openmarket-dev-aurora-", "letters, digits and single hyphens"),
    ("database.previous", ["openmarket-dev-aurora"], "and without restoreFrom it is one"),
    ("database.previous", ["other"], "openmarket-dev-aurora, or openmarket-dev-aurora- and"),
    ("database.previous", ["openmarket-dev-aurora-2"] * 2, "listed twice: openmarket-dev-aurora-2"),
    ("backup.copyRegion", "tokyo", "an AWS region such as ap-northeast-1"),
    ("backup.copyRegion", "ap-northeast-2", "another region than the stack's"),
    ("backup.copyDays", 0, "1 to 3650"),
    ("database.applyImmediately", "sometimes", "false for the next maintenance window"),
    ("cache.applyImmediately", None, "false for the next maintenance window"),
    ("cache.engine", "memcached", "valkey or redis"),
    ("cache.engineVersion", 8.2, "put it in quotes"),
    ("cache.nodeType", "t4g.micro", "such as cache.t4g.micro"),
    ("cache.snapshotDays", 40, "0 to 35"),
    ("credentials.passwordLength", 64, "16 to 41"),
    ("credentials.apiKeys", ["payment-key"], "such as [PAYMENT_API_KEY]"),
    ("credentials.apiKeys", ["A", "A"], "listed twice: A"),
    ("credentials.apiKeys", ["PAYMENT_API_KEY", "DB_PASSWORD"], "in the services' environment already"),
    ("credentials.apiKeys", ["BACKEND_API_URL"], "in the services' environment already"),
    ("storage.oldVersionDays", 0, "can come back"),
    ("images.releasesKept", 1, "2 or more"),
    ("cdn.priceClass", "PriceClass_100", "PriceClass_100 leaves Korea out"),
    ("firewall.requestsPerFiveMinutes", 5, "before it is blocked"),
    ("firewall.loginRequestsPerFiveMinutes", 50000, "at most requestsPerFiveMinutes, which is "),
    ("firewall.loginPaths", ["/Login"], "lower-case beginnings of paths"),
    ("firewall.countOnly", ["xss"], "common-attacks, sql-injection"),
    ("firewall.countOnly", ["SizeRestrictions_Body"], "rules of groups are AWSManagedIPReputationList"),
    ("firewall.countOnly", ["SQLi_BODY", "SQLi_BODY"], "listed twice: SQLi_BODY"),
    ("shield", {"enabled": False, "subscribe": True}, "shield.subscribe is true\n    needs false"),
    ("email.domain", "shop@example.com", "the domain that mail comes from"),
    ("ingress.certificateArn", "my-certificate", "the ARN of an ACM certificate"),
    ("ingress.allowedCidrs", {"internal": ["198.51.100.0/24"]}, "hosts of services: "),
    ("ingress.allowedCidrs", {"@": []}, "the IPv4 networks that may reach them"),
    ("ingress.allowedCidrs", {"@": ["world"]}, "the IPv4 networks that may reach them"),
    ("ingress.idleTimeoutSeconds", 0, "1 to 4000"),
    ("services", {}, "at least one service"),
    ("services.frontend-web.calls", ["nobody"], "other services out of"),
    ("services.backend-api.calls", ["backend-api"], "other services out of"),
    ("services.backend-api.uses", ["disk"], "out of database, cache, tokens, apiKeys"),
    ("services.backend-api.writable", ["tmp"], "directories it writes to"),
    ("services.frontend-web.migration", {"command": ["migrate"]}, "needs database in uses"),
    ("application.features", {"new-checkout": True}, "from features in camelCase"),
    (
        "application.features",
        {"fooHTTP": True, "fooHttp": False},
        "features.fooHttp is false\n    needs another name, as fooHTTP",
    ),
    ("application.features", {"newCheckout": "on"}, "true or false"),
    ("services.frontend-web.hosts", ["@", "admin", "static"], "this one is the CDN's"),
    (
        "services.frontend-web.hosts",
        ["@", "static/shop"],
        "services.frontend-web.hosts is static/shop\n    needs another",
    ),
    ("services.frontend-web.hosts", ["@/"], 'each with a path or without, such as "@/api"'),
    ("services.frontend-web.protocolVersion", "http2", "needs http1 while ingress.plainHttp is true"),
    ("services.frontend-web.protocolVersion", "HTTP2", "http1, http2 or grpc"),
    ("services.frontend-web.hosts", ["@/api/"], 'each with a path or without, such as "@/api"'),
    ("services.frontend-web.hosts", ["@/api/*"], 'each with a path or without, such as "@/api"'),
    ("services.frontend-web.hosts", ["@/api/../admin"], 'each with a path or without, such as "@/api"'),
    ("services.frontend-web.hosts", ["/api"], 'each with a path or without, such as "@/api"'),
    ("services.frontend-web.hosts", [f"@/{'a' * 126}"], "the load balancer takes paths of 126 characters"),
    ("services.frontend-web.hosts", ["@", "@"], "listed twice: @"),
    (
        "ingress.redirects",
        {"www": "shop"},
        "redirects.www is shop\n    needs a host of a service: @, admin, seller, api",
    ),
    ("ingress.redirects", {"admin": "@"}, "to go, or admin to leave the hosts of frontend-web"),
    ("ingress.redirects", {"static": "@"}, "static is the CDN's"),
    ("ingress.redirects", {"www": "@/shop"}, "hosts of services that they lead to"),
    (
        "services.frontend-web.hosts",
        ["@", "admin", "shop.seller.example"],
        "shop.seller.example in ingress.domains too",
    ),
    (
        "services.frontend-web.hosts",
        ["@", "admin", "a.dev.openmarket.example.com"],
        "needs a in place of the full name",
    ),
    ("ingress.domains", {"shop.seller.example": {}}, "to be in the hosts of a service or in ingress.redirects"),
    ("ingress.domains", {"seller": {}}, "full names of hosts in other domains"),
    ("ingress.maintenance", {"enabled": "on"}, "true to answer with the maintenance page"),
    (
        "ingress.maintenance",
        {"hosts": ["www"]},
        'maintenance.hosts is ["www"]\n    needs hosts of services or redirects',
    ),
    (
        "ingress.maintenance",
        {"message": "점" * 150},
        "the load balancer takes 1024; a character outside of ASCII counts as",
    ),
    ("ingress.maintenance", {"allowedCidrs": ["office"]}, "IPv4 networks that reach the shop nevertheless"),
    ("ingress.maintenance", {"on": True}, "no such key"),
    ("services.frontend-web.maxReplicas", 1, "2 or more, as replicas is 2"),
    ("services.frontend-web.replicas", 11, "maxReplicas is 10\n    needs 11 or more, as replicas is 11"),
    ("services.frontend-web.cpu", "lots", "CPU in quotes, such as 250m"),
    ("services.frontend-web.drainSeconds", 90, "5 to 50"),
    ("services.frontend-web.image", "frontend", "an image with a tag or digest"),
    ("chartRepositories", {"external-secrets": "file:///tmp"}, "https:// addresses of repositories, or oci://"),
    ("chartRepositories", {"external-secrets": "oci://a/eso:2.9.0"}, "the folder that the chart is in"),
    ("chartRepositories", {"external-secrets": f"oci://a/eso@sha256:{'0' * 64}"}, "the folder that the chart is in"),
    (
        "chartRepositories",
        {"external-secret": "https://charts.example.com"},
        "chartRepositories.external-secret is https://charts.example.com\n    needs another name",
    ),
    ("aws:region", None, "such as ap-northeast-2"),
    ("aws:defaultTags", {"tags": {"Project": "openmarket"}}, "missing Environment, ManagedBy, CostCenter, Repository"),
]


@pytest.mark.parametrize(("path", "value", "expected"), WRONG)
def test_wrong_values_are_refused(path: str, value: Any, expected: str) -> None:
    text = message(changed(path, value))
    assert expected in text
    assert path.split(".")[-1] in text
    assert text.startswith("Pulumi.dev.yaml has 1 problem;")
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ({}, 'certificateArn is ""\n    needs an ACM certificate for the host'),
        (
            {"certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/a", "hostedZoneId": "Z1"},
            "hostedZoneId is Z1\n    needs an empty text, as certificateArn is set",
        ),
        ({"certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/a"}, "a certificate in ap-northeast-2"),
        ({"hostedZoneId": "seller.example"}, "the id of the Route 53 zone for the host's record"),
    ],
)
def test_a_host_in_another_domain_needs_one_certificate(domain: Settings, expected: str) -> None:
    settings = changed("ingress.domains", {"shop.seller.example": domain}, "staging")
    settings["openmarket:services"]["frontend-web"]["hosts"].append("shop.seller.example")
    text = message(settings, "staging")
    assert expected in text
    assert "openmarket:ingress.domains.shop.seller.example" in text


def test_a_stack_has_a_host_in_its_own_domain() -> None:
    settings = changed("ingress.domains", {"shop.seller.example": {}})
    settings["openmarket:services"]["frontend-web"]["hosts"] = ["shop.seller.example"]
    settings["openmarket:services"]["backend-api"]["hosts"] = []
    assert "at least one host in the stack's domain dev.openmarket.example.com" in message(settings)


def test_a_load_balancer_has_a_hundred_rules() -> None:
    """The rules of the maintenance page are counted while it is off: it has to be there when it is needed."""
    settings = changed("services.frontend-web.hosts", [f"@/{number}" for number in range(70)])
    settings["openmarket:ingress"]["maintenance"] = {"enabled": False, "allowedCidrs": ["198.51.100.0/24"]}
    text = message(settings)
    # 70 paths and a host, each once more for those who get past the page, and the page on two hosts.
    assert "openmarket:ingress is 144 rules" in text
    settings["openmarket:ingress"]["maintenance"]["allowedCidrs"] = []
    assert len(loaded(settings).edge.rules) == 71


TAGS = stack_file("dev")["aws:defaultTags"]["tags"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"Team": "a,b"}, "letters, digits, spaces and _.:/=+-@"),
        ({"Te*m": "a"}, "another name: a mapping with at least Project"),
        ({"Team": "x" * 257}, "letters, digits, spaces and _.:/=+-@"),
        ({"AWS:team": "a"}, "aws: is AWS's own prefix, as in AWS:team"),
        ({"project": "a"}, "Project and project differ in case only"),
    ],
)
def test_tags_are_what_aws_takes(tags: Settings, expected: str) -> None:
    text = message(changed("aws:defaultTags", {"tags": TAGS | tags}))
    assert expected in text
    assert text.startswith("Pulumi.dev.yaml has 1 problem;")


def test_shared_addresses_are_for_a_vpc() -> None:
    settings = changed("network.cidr", "100.64.0.0/16")
    settings["aws:defaultTags"] = {"tags": TAGS | {"Team": "쇼핑 a/b:c=d+e-f@g"}}
    settings["openmarket:cluster"]["nodeGroups"]["general"]["labels"] = {"example.com/workload": "the_shop.1", "x": ""}
    assert str(loaded(settings).network.cidr) == "100.64.0.0/16"


@pytest.mark.parametrize("stanza", [None, [], "shop"])
def test_a_service_is_a_mapping(stanza: Any) -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:services"]["frontend-web"] = stanza
    text = message(settings)
    assert "openmarket:services.frontend-web is " in text
    assert "needs a mapping with at least cpu, memory, replicas, maxReplicas" in text


@pytest.mark.parametrize(
    ("section", "changes", "expected"),
    [
        (
            "database",
            {"instanceClass": "db.t4g.medium"},
            "serverlessCapacity is [0.0, 2.0]\n    needs to be an empty list, as instanceClass is db.t4g.medium",
        ),
        ("database", {"serverlessCapacity": []}, "serverlessCapacity is []\n    needs two numbers of capacity units"),
        ("cache", {"multiZone": True}, "nodes is 1\n    needs 2 or more, as multiZone is true"),
        (
            "cache",
            {"engine": "redis", "engineVersion": "8.2"},
            "engineVersion is 8.2\n    needs a version in quotes of redis",
        ),
        ("shield", {"subscribe": True}, "subscribe is true\n    needs false while enabled is false"),
    ],
)
def test_settings_that_do_not_go_together(section: str, changes: Settings, expected: str) -> None:
    settings = deepcopy(stack_file("dev"))
    settings[f"openmarket:{section}"] |= changes
    text = message(settings)
    assert f"openmarket:{section}.{expected}" in text
    assert text.startswith("Pulumi.dev.yaml has 1 problem;")


@pytest.mark.parametrize(
    ("path", "changes", "expected"),
    [
        ("services.backend-api", {"maxReplicas": 4, "replicas": 5}, "maxReplicas is 4\n    needs 5 or more"),
        ("services.frontend-web", {"migration": {"command": ["m"]}}, 'migration.command is ["m"]\n    needs database'),
        ("cluster.nodeGroups.general", {"min": 17}, "min is 17\n    needs a number of nodes up to max, which is 16"),
        ("cluster.nodeGroups.general", {"desired": 0}, "desired is 0\n    needs a number of nodes from min to max"),
        ("cluster.nodeGroups.general", {"architecture": "x86_64"}, 'instanceTypes is ["t4g.medium"]'),
        ("cluster.endpoint", {"public": False}, 'publicCidrs is ["203.0.113.0/24"]\n    needs to be an empty list'),
    ],
)
def test_a_rule_between_keys_names_one_of_them(path: str, changes: Settings, expected: str) -> None:
    settings = deepcopy(stack_file("dev"))
    key, *rest = path.split(".")
    section: Any = settings[f"openmarket:{key}"]
    for part in rest:
        section = section[part]
    section |= changes
    text = message(settings)
    assert f"  openmarket:{path}.{expected}" in text
    assert text.startswith("Pulumi.dev.yaml has 1 problem;")


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("database.instances", 1, "a reader that can take over"),
        ("database.backupDays", 1, "7 days or more"),
        ("cache.multiZone", False, "in production, true"),
    ],
)
def test_production_survives_the_loss_of_a_zone(path: str, value: Any, expected: str) -> None:
    text = message(changed(path, value, "prod"), "prod")
    assert f"openmarket:{path} is {str(value).lower()}\n    needs in production" in text
    assert expected in text


CERTIFICATE = "arn:aws:acm:{region}:123456789012:certificate/0f0e0d0c"


@pytest.mark.parametrize(
    ("stack", "zone", "ingress", "expected"),
    [
        ("dev", "", {"plainHttp": False}, "an ACM certificate, or openmarket:hostedZoneId"),
        ("staging", "", {}, "an ACM certificate, or openmarket:hostedZoneId"),
        ("dev", "Z0123456789ABC", {}, "false, as there is a hosted zone or a certificate"),
        ("staging", "", {"plainHttp": True}, "false unless application.nodeEnv is development"),
        (
            "prod",
            "",
            {"certificateArn": CERTIFICATE.format(region="us-east-1")},
            "a certificate in ap-northeast-2, where the load balancer is",
        ),
    ],
)
def test_requests_are_encrypted(stack: str, zone: str, ingress: Settings, expected: str) -> None:
    settings = deepcopy(stack_file(stack))
    settings["openmarket:hostedZoneId"] = zone
    settings["openmarket:ingress"] |= ingress
    text = message(settings, stack)
    assert expected in text
    assert "has 1 problem" in text


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("nonsense", "openmarket:nonsense"),
        ("network.nats", "did you mean nat?"),
        ("cluster.nodeGroups.general.minimum", "openmarket:cluster.nodeGroups.general.minimum"),
        ("services.frontend-web.maxReplica", "did you mean maxReplicas?"),
    ],
)
def test_unknown_keys_are_refused(path: str, expected: str) -> None:
    text = message(changed(path, True))
    assert expected in text
    assert "no such key" in text


def test_a_hosted_zone_is_an_id() -> None:
    text = message(changed("hostedZoneId", "openmarket.example.com", "prod"), "prod")
    assert "such as Z0123456789ABC" in text
    assert "has 1 problem" in text


def test_all_problems_are_named_at_once() -> None:
    settings = changed("network.cidr", "10.10.0.0/28")
    settings["openmarket:network"]["zones"] = ["a"]
    settings["openmarket:cluster"]["serviceCidr"] = "8.0.0.0/8"
    settings["openmarket:cluster"]["nodeGroups"]["general"]["max"] = "many"
    settings["openmarket:nonsense"] = True
    for service in settings["openmarket:services"].values():
        service["hosts"] = []
    del settings["openmarket:domain"]
    text = message(settings)
    for key in ("network.cidr", "network.zones", "nodeGroups.general.max", "nonsense", "domain", "services"):
        assert f"openmarket:{key}" in text or key in text
    assert "10.10.0.0/28" in text
    assert "many" in text
    assert "has 6 problems" in text


def test_somebody_answers_for_the_stack() -> None:
    settings = deepcopy(stack_file("dev"))
    for service in settings["openmarket:services"].values():
        service["hosts"] = []
    assert "at least one service with hosts" in message(settings)


def test_a_mistake_does_not_hide_another_in_the_same_section() -> None:
    settings = deepcopy(stack_file("prod"))
    settings["openmarket:network"] |= {"cidr": "172.20.0.0/16", "zones": ["a"]}
    settings["openmarket:cluster"]["endpoint"]["publicCidrs"] = ["0.0.0.0/0"]
    settings["openmarket:cluster"]["nodeGroups"]["general"]["instanceTypes"] = []
    settings["openmarket:cluster"]["access"] = {"administrators": [f"{ROLE}openmarket-deployer"], "viewers": "all"}
    text = message(settings, "prod")
    for expected in (
        "openmarket:network.zones",
        "that does not overlap the VPC's 172.20.0.0/16",
        "openmarket:cluster.nodeGroups.general.instanceTypes",
        "openmarket:cluster.access.viewers",
        "in production, only networks that you deploy from",
        "roles other than the one that creates the cluster",
    ):
        assert expected in text


def test_production_refuses_an_endpoint_open_to_the_world() -> None:
    open_endpoint = {"public": True, "publicCidrs": ["0.0.0.0/0"]}
    text = message(changed("cluster.endpoint", open_endpoint, "prod"), "prod")
    assert "openmarket:cluster.endpoint.publicCidrs is 0.0.0.0/0" in text
    run("dev", changed("cluster.endpoint", open_endpoint), config.load)


def test_production_is_not_on_spot_nodes_alone() -> None:
    settings = changed("cluster.nodeGroups.general.capacity", "spot", "prod")
    assert "openmarket:cluster.nodeGroups.general.capacity is spot" in message(settings, "prod")
    groups = settings["openmarket:cluster"]["nodeGroups"]
    groups["steady"] = groups["general"] | {"capacity": "onDemand"}
    run("prod", settings, config.load)


def test_a_host_with_a_path_belongs_to_one_service() -> None:
    settings = deepcopy(stack_file("dev"))
    services = settings["openmarket:services"]
    services["backend-api"]["hosts"] = ["api", "@/api", "seller/orders"]
    services["admin"] = services["frontend-web"] | {"hosts": ["admin", "@/api"]}
    text = message(settings)
    assert "Pulumi.dev.yaml has 3 problems" in text
    for mine, entry, other in (
        ("frontend-web", "admin", "admin"), ("admin", "admin", "frontend-web"), ("admin", "@/api", "backend-api"),
        ("backend-api", "@/api", "admin"),
    ):  # fmt: skip
        (line,) = [each for each in text.split("  openmarket:") if each.startswith(f"services.{mine}.hosts")]
        assert f"{entry} is {other}'s too" in line
    assert "seller/orders" not in text


@pytest.mark.parametrize("name", ["default-deny", "database-users", "external-secrets", "backend-api-migration"])
def test_a_services_name_is_its_own(name: str) -> None:
    settings = changed("services.backend-api.migration", {"command": ["migrate"], "mode": "job"})
    settings["openmarket:services"][name] = settings["openmarket:services"]["frontend-web"] | {"hosts": []}
    assert f"openmarket:services.{name}" in message(settings)
    assert "taken by" in message(settings)


def test_no_name_of_a_service_is_special() -> None:
    settings = deepcopy(stack_file("dev"))
    services = settings["openmarket:services"]
    settings["openmarket:services"] = {
        "frontend-web": services["frontend-web"] | {"calls": ["orders"]},
        "orders": services["backend-api"],
    }
    config = loaded(settings)
    assert config.services["orders"].uses
    assert config.environment["API_URL"].startswith("http://api.")


def test_mail_has_a_domain_and_a_sender() -> None:
    text = message(changed("email.domain", "mail.example.com"))
    assert "openmarket:email.domain is mail.example.com\n    needs empty, or mail in the uses of a service" in text
    text = message(changed("services.frontend-web.uses", ["mail"]))
    assert "needs no mail; or a domain in openmarket:email.domain" in text
    assert loaded(sending_mail("mail.example.com")).environment["MAIL_DOMAIN"] == "mail.example.com"


@pytest.mark.parametrize("use", [use for use in CALLS_AWS if use is not Use.MAIL])
def test_who_calls_aws_has_a_way_there(use: Use) -> None:
    settings = changed("services.frontend-web.internet", False)
    settings["openmarket:services"]["frontend-web"]["uses"] = [use.value]
    text = message(settings)
    assert "openmarket:services.frontend-web.internet is false\n    needs true, as AWS has public addresses" in text
    assert f"or uses without {use.value}" in text
    settings["openmarket:services"]["frontend-web"]["uses"] = ["cache"]
    assert not loaded(settings).services["frontend-web"].internet


@pytest.mark.parametrize(("name", "variable"), [("CDN", "CDN_URL"), ("DB", "DB_PORT"), ("API", "API_URL and API_PORT")])
def test_an_announcement_hides_no_other_variable(name: str, variable: str) -> None:
    text = message(changed("services.frontend-web.announcedAs", name))
    assert f"openmarket:services.frontend-web.announcedAs is {name}\n    needs another name: {variable} is in" in text


@pytest.mark.parametrize("uses", [["uploads", "uploads:read"], ["assets", "assets:write"]])
def test_what_another_word_includes_is_not_listed(uses: list[str]) -> None:
    assert " includes " in message(changed("services.frontend-web.uses", uses))


def test_a_call_does_not_hide_an_address_that_every_service_is_told() -> None:
    settings = changed("services.frontend-web.calls", ["cdn"])
    settings["openmarket:services"]["cdn"] = settings["openmarket:services"]["backend-api"] | {"hosts": []}
    assert "CDN_URL" in message(settings)


@pytest.mark.parametrize(
    "image",
    [
        "", "nginx:1.27", "registry.k8s.io/e2e-test-images/agnhost:2.63.0", f"localhost:5000/a/b_c@sha256:{'0' * 64}",
        f"123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/openmarket-dev/backend-api:v1@sha256:{'a' * 64}",
    ],
)  # fmt: skip
def test_images_have_a_tag_or_digest(image: str) -> None:
    loaded: list[config.StackConfig] = []
    run("dev", changed("services.backend-api.image", image), lambda: loaded.append(config.load()))
    assert loaded[0].services["backend-api"].image == image


def test_production_is_never_plain() -> None:
    settings = changed("ingress.plainHttp", True, "prod")
    settings["openmarket:application"]["nodeEnv"] = "development"
    settings["openmarket:hostedZoneId"] = ""
    assert "in production, false" in message(settings, "prod")


@pytest.mark.parametrize("stack", ["qa-", "my--qa", "-qa"])
def test_a_stacks_name_is_fit_for_databases(stack: str) -> None:
    with pytest.raises(pulumi.RunError, match="single hyphens"):
        run(stack, stack_file("dev"), config.load)


def test_a_role_is_listed_once() -> None:
    access = {"administrators": [ROLE + "team/ops"], "viewers": [ROLE + "ops"]}
    assert "ops comes 2 times" in message(changed("cluster.access", access))


CREATOR = "roles other than the one that creates the cluster"


@pytest.mark.parametrize("section", ["administrators", "auditors", "viewers"])
def test_who_creates_the_cluster_gets_no_second_entry(section: str) -> None:
    text = message(changed(f"cluster.access.{section}", [ROLE + "openmarket-deployer"]))
    assert f"openmarket:cluster.access.{section} is {ROLE}openmarket-deployer\n    needs {CREATOR}" in text


@pytest.mark.parametrize("section", ["administrators", "auditors", "viewers"])
def test_whoever_deploys_a_cluster_that_is_there_may_be_listed(section: str, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = changed(f"cluster.access.{section}", [ROLE + "openmarket-deployer"])
    monkeypatch.setattr(lookups, "existing_cluster", lambda _: None)

    def clusters(*names: str) -> None:
        monkeypatch.setattr(aws.eks, "get_clusters", lambda: aws.eks.GetClustersResult(names=list(names)))

    clusters("openmarket-staging-eks", "openmarket-dev-eks")
    assert loaded(settings).cluster_name == "openmarket-dev-eks"
    clusters("openmarket-staging-eks")
    assert CREATOR in message(settings)


@pytest.mark.parametrize(("section", "told"), [("administrators", True), ("viewers", False)])
def test_a_preview_is_never_stopped_by_who_runs_it(section: str, told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    warnings: list[str] = []
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)
    monkeypatch.setattr(pulumi.log, "warn", warnings.append)
    loaded(changed(f"cluster.access.{section}", [ROLE + "openmarket-deployer"]))
    assert [CREATOR in warning for warning in warnings] == [True] * told


@pytest.mark.parametrize(
    ("caller", "refused"),
    [
        ("arn:aws:sts::123456789012:assumed-role/deployer/session", True),
        ("arn:aws:sts::210987654321:assumed-role/deployer/session", False),
        ("arn:aws:sts::123456789012:assumed-role/deployer-2/session", False),
        ("arn:aws:iam::123456789012:user/deployer", False),
        ("arn:aws:iam::123456789012:root", False),
    ],
)
def test_the_creator_is_recognised_by_role_and_account(caller: str, refused: bool) -> None:
    settings = deepcopy(stack_file("dev")["openmarket:cluster"])
    settings["access"]["viewers"] = [ROLE + "path/deployer"]
    assert bool(list(creator(ClusterConfig.model_validate(settings), caller))) is refused


def test_the_caller_is_asked_for_only_when_there_are_entries() -> None:
    caller = "aws:index/getCallerIdentity:getCallerIdentity"
    assert caller not in run("dev", stack_file("dev"), config.load).invoked
    access = {"administrators": [ROLE + "platform"], "viewers": []}
    assert caller in run("dev", changed("cluster.access", access), config.load).invoked


def loaded(settings: Settings) -> config.StackConfig:
    found: list[config.StackConfig] = []
    run("dev", settings, lambda: found.append(config.load()))
    return found[0]


@pytest.mark.parametrize("change", [lambda c: setattr(c, "domain", "x"), lambda c: setattr(c.network, "nat", "x")])
def test_configuration_is_immutable(change: Callable[[config.StackConfig], None]) -> None:
    stack = loaded(stack_file("dev"))
    with pytest.raises(ValueError, match="frozen"):
        change(stack)


def test_an_empty_value_is_a_missing_one() -> None:
    assert "openmarket:domain is missing" in message(changed("domain", ""))
    assert loaded(changed("chartRepositories", "")).chart_repositories == {}


def test_an_autoscaler_is_of_the_clusters_minor() -> None:
    settings = changed("cluster.version", "1.37")
    text = message(settings)
    assert "openmarket:addons.clusterAutoscaler.imageTag" in text
    assert "a v1.37.x, as none is known here; or clusterAutoscaler.enabled: false" in text
    autoscaler = settings["openmarket:addons"]["clusterAutoscaler"]
    autoscaler["enabled"] = False
    settings["openmarket:cluster"] |= with_nodes("dev", 12)
    assert loaded(settings).cluster.version == "1.37"
    autoscaler |= {"enabled": True, "imageTag": "v1.37.0"}
    assert loaded(settings).addons.cluster_autoscaler.image_tag == "v1.37.0"


def test_a_kube_proxy_is_of_the_clusters_minor() -> None:
    old = {"kube-proxy": "v1.35.0-eksbuild.2", "vpc-cni": "v1.21.1-eksbuild.1", "coredns": "v1.13.2-eksbuild.3"}
    text = message(changed("cluster.addonVersions", old))
    assert "openmarket:cluster.addonVersions.kube-proxy" in text
    assert (
        "v1.36.x, as `./openmarket ops addon-versions --kubernetes 1.36` lists it; see whether coredns, vpc-cni" in text
    )
    for pins in (old | {"kube-proxy": "v1.36.0-eksbuild.2"}, {"vpc-cni": "v1.21.1-eksbuild.1"}):
        assert loaded(changed("cluster.addonVersions", pins)).cluster.addon_versions == pins


def test_routes_redirects_and_addresses() -> None:
    settings = changed("ingress.redirects", {"www": "@"})
    settings["openmarket:services"]["backend-api"]["hosts"] = ["@/api", "api"]
    stack = loaded(settings)
    domain = "dev.openmarket.example.com"
    services = [domain, *(f"{label}.{domain}" for label in ("admin", "seller", "api"))]
    assert list(stack.edge.hosts) == [*services, f"www.{domain}"]
    # A page comes from a service, so browsers know no page of a host that only leads to another.
    assert stack.urls == [f"http://{host}" for host in services]
    assert stack.environment["API_URL"] == f"http://{domain}/api"
    of_domain = [rule.path for rule in stack.edge.rules if rule.host == domain]
    assert of_domain == ["/api", "/"]
