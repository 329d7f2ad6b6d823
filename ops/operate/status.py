"""Collects what runs where: services with their images, nodes, the load balancer, and the last deployment."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from analysis import stack_file
from components.config.services import PLACEHOLDER_IMAGE
from ops import aws
from ops.cluster import connected
from ops.ingress_rules import ingress_rules, maintained
from ops.objects import Object, condition, count, label, name_of, part, parts
from ops.operate import shop
from ops.operate.deployments import Deployment, deployments, releases
from ops.operate.nodes import NodeGroup, node_groups
from ops.operate.run_status import RunStatus, run_status

_KINDS = (
    "deployments.apps", "horizontalpodautoscalers.autoscaling", "pods", "ingresses.networking.k8s.io",
    "cronjobs.batch", "jobs.batch",
)  # fmt: skip
_COMPLETE = "NewReplicaSetAvailable"


@dataclass(frozen=True)
class ServiceStatus:
    """A service as it runs.

    Attributes:
        name: Name of the service.
        image: The image of its pods.
        placeholder: True if the image only stands in until the service has one.
        tags: Tags that the registry has for an image by digest: the commit of the source, when `ops images` pushed it.
        by_hand: True if it is not the image of the last deployment: somebody changed it in the cluster.
        ready: Pods that take requests.
        desired: Pods that there should be, by the autoscaler.
        least: The autoscaler's minimum; None without one.
        most: The autoscaler's maximum; None without one.
        since: Time of the last rollout's end, in ISO 8601; empty if one goes on.
        rollout: What the rollout that goes on waits for; empty if there is none.
        restarts: How often containers of its pods started again.
        last_restart: The reason of the last one, such as OOMKilled; empty without one.
        deployment: Number of the first deployment in a row with this image; None if the history has none.
        commit: The commit of that deployment, with a star if files differed from it.
    """

    name: str
    image: str
    placeholder: bool
    tags: Sequence[str]
    by_hand: bool
    ready: int
    desired: int
    least: int | None
    most: int | None
    since: str
    rollout: str
    restarts: int
    last_restart: str
    deployment: int | None
    commit: str


@dataclass(frozen=True)
class Status:
    """A stack as it runs.

    Attributes:
        stack: Name of the stack.
        services: The services.
        runs: The cron jobs and tasks.
        nodes: The node groups.
        address: The load balancer's name in DNS; empty without one.
        hosts: The hosts that the load balancer has rules for, with the beginning of paths where there is one.
        maintenance: The hosts on which it shows the maintenance page.
        last: The last operation; None in an empty history.
    """

    stack: str
    services: Sequence[ServiceStatus]
    runs: Sequence[RunStatus]
    nodes: Sequence[NodeGroup]
    address: str
    hosts: Sequence[str]
    maintenance: Sequence[str]
    last: Deployment | None


def status(stack: str) -> Status:
    """Return what runs where.

    Raises:
        BadStack: There is no such stack.
        ClusterError: The stack has no cluster, or it does not answer.
        BadHistory: The stack's history cannot be read.
    """
    names = [name for name, stanza in shop.stanzas(stack).items() if shop.kind_of(stanza) in shop.RUNNING]
    with ThreadPoolExecutor() as pool:
        history = pool.submit(deployments, stack)
        with connected(stack) as cluster:
            nodes = pool.submit(cluster.objects, ["nodes"])
            objects = cluster.objects(_KINDS, stack_file.prefix(stack))
            groups = node_groups(nodes.result(), stack_file.settings(stack))
        by_kind = {kind: [each for each in objects if each["kind"] == kind] for kind in {o["kind"] for o in objects}}
        listed = history.result()
        tags = {
            name: pool.submit(_tags, stack, image) for name, image in _images(by_kind.get("Deployment", ())).items()
        }
        services = [
            _service(each, by_kind, listed, tags[name].result())
            for each in by_kind.get("Deployment", ())
            if (name := name_of(each)) in names
        ]
    services += [_missing(name) for name in set(names) - {each.name for each in services}]
    runs = [run_status(each, by_kind.get("Job", ())) for each in by_kind.get("CronJob", ())]
    ingress = next(iter(by_kind.get("Ingress", ())), Object())
    last = next(iter(listed), None)
    return Status(stack, sorted(services, key=lambda each: each.name), runs, groups, *_entrance(ingress), last)


def _service(
    deployment: Object, objects: Mapping[str, Sequence[Object]], listed: Sequence[Deployment], tags: Sequence[str]
) -> ServiceStatus:
    name, image = name_of(deployment), _image(deployment)
    pods = [each for each in objects.get("Pod", ()) if label(each, shop.NAME_LABEL) == name]
    scaler = next((each for each in objects.get("HorizontalPodAutoscaler", ()) if _scales(each, name)), Object(spec={}))
    release = next(iter(releases(listed, name)), None)
    known = release is not None and image == (release.image or PLACEHOLDER_IMAGE)
    rollout = rollout_of(deployment)
    restarts, reason = _restarts(pods)
    return ServiceStatus(
        name=name,
        image=image,
        placeholder=image == PLACEHOLDER_IMAGE,
        tags=tags,
        by_hand=release is not None and not known,
        ready=count(deployment, "status", "readyReplicas"),
        desired=count(deployment, "spec", "replicas"),
        least=scaler["spec"].get("minReplicas"),
        most=scaler["spec"].get("maxReplicas"),
        since="" if rollout else condition(deployment, "Progressing").get("lastUpdateTime", ""),
        rollout=rollout,
        restarts=restarts,
        last_restart=reason,
        deployment=release.first.number if release and known else None,
        commit=release.first.revision if release and known else "",
    )


def _missing(name: str) -> ServiceStatus:
    """Return the status of a service without a Deployment: it is to be deployed yet, or somebody deleted it."""
    return ServiceStatus(
        name=name, image="", placeholder=False, tags=(), by_hand=False, ready=0, desired=0, least=None, most=None,
        since="", rollout="no Deployment in the cluster", restarts=0, last_restart="", deployment=None, commit="",
    )  # fmt: skip


def rollout_of(deployment: Object) -> str:
    """Return what the rollout of a Deployment waits for; empty if the last one is complete."""
    progress = condition(deployment, "Progressing")
    if progress.get("status") == "False":
        return f"stuck: {progress.get('reason', '')}"
    seen = count(deployment, "status", "observedGeneration") >= count(deployment, "metadata", "generation")
    if seen and progress.get("reason", _COMPLETE) == _COMPLETE:
        return ""
    new, wanted = count(deployment, "status", "updatedReplicas"), count(deployment, "spec", "replicas")
    return f"rolling out: {new} of {wanted} pods are new"


def _restarts(pods: Sequence[Object]) -> tuple[int, str]:
    """Return how often containers of the pods started again, and why the last time."""
    containers = [each for pod in pods for each in parts(pod, "status", "containerStatuses")]
    ended = [part(each, "lastState", "terminated") for each in containers]
    last = max(ended, key=lambda each: str(each.get("finishedAt", "")), default=Object())
    return sum(count(each, "restartCount") for each in containers), str(last.get("reason", ""))


def _scales(scaler: Object, deployment: str) -> bool:
    target = part(scaler, "spec", "scaleTargetRef")
    return (target.get("kind"), target.get("name")) == ("Deployment", deployment)


def _images(found: Sequence[Object]) -> Mapping[str, str]:
    return {name_of(each): _image(each) for each in found}


def _image(deployment: Object) -> str:
    return str(parts(deployment, "spec", "template", "spec", "containers")[0]["image"])


def _tags(stack: str, image: str) -> Sequence[str]:
    """Return the tags of an image by digest in the account's registry; none if it may not be asked or has none."""
    name, _, digest = image.partition("@")
    host, _, repository = name.partition("/")
    if not digest or ".dkr.ecr." not in host:
        return ()
    words = ("ecr", "describe-images", "--repository-name", repository, "--image-ids", f"imageDigest={digest}")
    try:
        details = parts(aws.ask(stack_file.region(stack), *words), "imageDetails")
    except aws.AwsError:
        return ()
    # A tag such as `prod-latest` moves, and says nothing of the release.
    tags: list[str] = [tag for each in details for tag in each.get("imageTags") or ()]
    return [tag for tag in tags if not tag.endswith("-latest")]


def _entrance(ingress: Object) -> tuple[str, Sequence[str], Sequence[str]]:
    """Return the load balancer's name in DNS, the hosts that it has rules for, and those that are in maintenance."""
    balancers = parts(ingress, "status", "loadBalancer", "ingress")
    address = next((str(each.get("hostname", "")) for each in balancers), "")
    found = ingress_rules(ingress)
    places = (f"{rule.host}{rule.path.removesuffix('/')}" for rule in found if rule.host)
    return address, list(dict.fromkeys(places)), sorted(maintained(found))
