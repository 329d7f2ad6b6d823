"""Draws the production stack in both READMEs: `python -m tests.ops.architecture_documentation`.

Everything in the picture is read from the program's resources under mocks, and from the services of the stack's file.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.components.program import PROJECT, Deployed, run_program, stack_file

STACK = "prod"
FILES = tuple(PROJECT / name for name in ("README.md", "README.ko.md"))
BEGIN, END = "<!-- architecture -->\n", "<!-- /architecture -->\n"
_ROLES = {"public": "kubernetes.io/role/elb", "private": "kubernetes.io/role/internal-elb"}
"""Tags by which the load balancer controller finds subnets; subnets without one are for data."""


def current() -> str:
    """The picture as it should be, as a Mermaid block."""
    made, services = run_program(STACK), stack_file(STACK)["openmarket:services"]
    lines = ["flowchart LR", *_edge(made), *_network(made, services), *_regional(made), *_flows(made, services)]
    return "\n".join(["```mermaid", *lines, "```", ""])


def _edge(made: Deployed) -> Iterator[str]:
    firewall = " behind AWS WAF" if made.of("wafv2/webAcl:WebAcl") else ""
    yield '  customers(["customers and sellers"])'
    yield "  subgraph edge"
    if made.of("route53/record:Record"):
        yield '    dns["Route 53 records,<br/>ACM certificates"]'
    if made.of("cloudfront/distribution:Distribution"):
        yield f'    cdn["CloudFront{firewall}"]'
    yield "  end"


def _network(made: Deployed, services: Mapping[str, Any]) -> Iterator[str]:
    vpc, subnets = made.one("ec2/vpc:Vpc"), made.of("ec2/subnet:Subnet")
    zones = {each.inputs["availabilityZone"] for each in subnets}
    roles = [next((name for name, tag in _ROLES.items() if tag in each.inputs["tags"]), "data") for each in subnets]
    firewall = " behind AWS WAF" if made.of("wafv2/webAcl:WebAcl") else ""
    yield f'  subgraph network["VPC {vpc.inputs["cidrBlock"]}, {len(zones)} zones"]'
    yield f'    subgraph public["{roles.count("public")} public subnets"]'
    yield f'      alb["Application Load Balancer{firewall}"]'
    yield f'      nat["{_many(len(made.of("ec2/natGateway:NatGateway")), "NAT gateway")}"]'
    yield "    end"
    yield f'    subgraph private["{roles.count("private")} private subnets"]'
    yield from (f"      {line}" for line in _cluster(made, services))
    yield "    end"
    yield f'    subgraph isolated["{roles.count("data")} data subnets"]'
    yield from (f"      {line}" for line in _stores(made))
    yield "    end"
    yield "  end"


def _cluster(made: Deployed, services: Mapping[str, Any]) -> Iterator[str]:
    cluster = made.one("aws:eks/cluster:Cluster")
    yield f'subgraph cluster["EKS {cluster.inputs["version"]}"]'
    found = [each.inputs["spec"] for each in made.of(":HorizontalPodAutoscaler")]
    scalers = {each["scaleTargetRef"]["name"]: each for each in found}
    for name in services:
        scaler = scalers[name]
        yield f'  {_id(name)}["{name}<br/>{scaler["minReplicas"]:.0f} to {scaler["maxReplicas"]:.0f} pods"]'
    groups = [each.inputs for each in made.of("eks/nodeGroup:NodeGroup")]
    for number, group in enumerate(groups):
        sizes = group["scalingConfig"]
        types = " or ".join(group["instanceTypes"])
        yield f'  nodes{number}["{sizes["minSize"]:.0f} to {sizes["maxSize"]:.0f} nodes<br/>{types}"]'
    addons = [each.inputs["addonName"] for each in made.of("eks/addon:Addon")]
    charts = [each.inputs["chart"] for each in made.of("helm.sh/v3:Release")]
    yield f'  addons["{"<br/>".join(sorted([*addons, *charts]))}"]'
    yield "end"


def _stores(made: Deployed) -> Iterator[str]:
    instances = [each.inputs["instanceClass"] for each in made.of("rds/clusterInstance:ClusterInstance")]
    yield f'database[("Aurora MySQL<br/>{len(instances)} x {instances[0]}")]'
    cache = made.one("elasticache/replicationGroup:ReplicationGroup").inputs
    engine = {"valkey": "Valkey", "redis": "Redis"}[cache["engine"]]
    yield f'cache[("{engine}<br/>{cache["numCacheClusters"]:.0f} x {cache["nodeType"]}")]'


def _regional(made: Deployed) -> Iterator[str]:
    names = [each.inputs["tags"]["Name"].removeprefix(f"openmarket-{STACK}-") for each in made.of("s3/bucket:Bucket")]
    yield '  subgraph data["in the region"]'
    yield f'    buckets[("S3: {", ".join(sorted(names))}")]'
    yield f'    secrets["{_many(len(made.of("secretsmanager/secret:Secret")), "secret")} in Secrets Manager"]'
    yield f'    images["{_many(len(made.of("ecr/repository:Repository")), "image repository", "image repositories")}"]'
    yield f'    keys["{_many(len(made.of("kms/key:Key")), "KMS key")}"]'
    yield "  end"


def _flows(made: Deployed, services: Mapping[str, Any]) -> Iterator[str]:
    if made.of("cloudfront/distribution:Distribution"):
        yield "  customers --> cdn --> buckets"
    yield "  customers --> alb"
    for name, service in services.items():
        if service["hosts"]:
            yield f"  alb --> {_id(name)}"
        yield from (f"  {_id(name)} --> {_id(other)}" for other in service["calls"])
        yield from (f"  {_id(name)} --> {store}" for store in service["uses"] if store in ("database", "cache"))
    stores = made.of("external-secrets.io/v1:ExternalSecret")
    if stores:
        yield "  secrets -. External Secrets .-> cluster"
    yield "  private --> nat"


def _many(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def _id(name: str) -> str:
    return re.sub(r"\W", "_", name)


def drawn(text: str) -> str:
    """The picture between the marks in a file's text."""
    return text.partition(BEGIN)[2].partition(END)[0].strip() + "\n"


def main(files: Iterable[Any] = FILES) -> None:
    """Replace what is between the marks."""
    for file in files:
        text = file.read_text()
        before, _, rest = text.partition(BEGIN)
        file.write_text(f"{before}{BEGIN}\n{current()}\n{END}{rest.partition(END)[2]}")


if __name__ == "__main__":
    main()
