"""Opens a session at the database, the cache or a service's place, through a pod that goes with the session."""

from analysis import stack_file
from components.config.database import DatabaseConfig
from components.config.services.schema import SHOP_SCHEMA, users_name
from ops.cluster import Cluster, connected
from ops.deploy.summary import Target
from ops.errors import fail
from ops.objects import Object, name_of
from ops.operate import cache_session, database_session, pod_session, shop
from ops.operate.acting import Act, Consent
from ops.operate.session_pod import WORKLOADS, SessionPod, newest
from ops.operate.sessions import Session, hold
from ops.operate.status_view import short

_NO_PERMISSION = "has no permission in AWS or in the cluster"
_POLICIES = "networkpolicies.networking.k8s.io"


def database(stack: str, session: Session, consent: Consent) -> None:
    """Start a pod that reaches the database, and open the client in it, on this terminal or for what stdin has.

    Args:
        stack: Name of the stack.
        session: Where it is, and what it may.
        consent: Leave to act.

    Raises:
        typer.Exit: There are no database users, it was declined or it failed, and the reason has been printed.
        ClusterError, BadStack, AwsError: As `shop.reporting_errors` reports them.
    """
    with connected(stack) as cluster:
        pod = database_session.database_pod(*_users(cluster, stack, session.schema))
        rights = (
            "at the writer, and may write"
            if session.write
            else "at a reader if there is one, and read only: that keeps from mistakes, as the user itself may write"
        )
        where = f" --schema {session.schema}" if session.schema else ""
        how = f"opens a session as the services' user, with {pod.secret} as files in the pod, {rights}"
        lines = _lines(pod, session, "the database", how)
        script = ("sh", "-euc", database_session.SCRIPT.read_text(), "session", session.mode, stack)
        hold(cluster, Act(stack, f"connect database{where}{session.option}", lines), consent, pod, session, script)


def cache(stack: str, session: Session, consent: Consent) -> None:
    """Start a pod that reaches the cache, and open a client in it, on this terminal or for what stdin has.

    Args:
        stack: Name of the stack.
        session: What it may.
        consent: Leave to act.

    Raises:
        typer.Exit: No service uses the cache, it was declined or it failed, and the reason has been printed.
        ClusterError, BadStack, AwsError: As `shop.reporting_errors` reports them.
    """
    with connected(stack) as cluster:
        pod = _cache_pod(cluster, stack)
        rights = (
            "and may write"
            if session.write
            else "read only: the client refuses what writes, which keeps from mistakes, as the token itself may"
        )
        how = f"opens a session with {pod.secret} as files in the pod, {rights}"
        lines = _lines(pod, session, "the cache", how)
        words = ("session", session.mode, stack, str(cache_session.PORT))
        script = ("bash", "-euc", cache_session.SCRIPT.read_text(), *words)
        hold(cluster, Act(stack, f"connect cache{session.option}", lines), consent, pod, session, script)


def pod(stack: str, service: str, session: Session, consent: Consent) -> None:
    """Start a pod like those of a service, and open a shell in it, on this terminal or for what stdin has.

    Args:
        stack: Name of the stack.
        service: The name of a service, or the first part of it.
        session: What it may.
        consent: Leave to act.

    Raises:
        typer.Exit: The service is not there, it was declined or it failed, and the reason has been printed.
        BadArgument: There is no such service.
        ClusterError, BadStack, AwsError: As `shop.reporting_errors` reports them.
    """
    name = shop.service_of(stack, service)
    with connected(stack) as cluster:
        made = _service_pod(cluster, stack, name, session.write)
        rights = f"has the service account of {name} and its permissions in AWS" if session.write else _NO_PERMISSION
        how = f"opens a shell with the environment of {name}, {'and' if session.write else 'without'} its Secrets"
        lines = _lines(made, session, f"what {name} does", how, rights)
        script = ("sh", "-c", pod_session.SCRIPT, "session", f"{stack}, {name}")
        hold(cluster, Act(stack, f"connect pod {name}{session.option}", lines), consent, made, session, script)


def _users(cluster: Cluster, stack: str, schema: str) -> tuple[Object, Object]:
    """Return the newest Job that made the users of the schema, and its network policy."""
    namespace, wanted = stack_file.prefix(stack), users_name(schema or SHOP_SCHEMA)
    jobs = cluster.objects(["jobs.batch"], namespace, shop.selector_of(wanted))
    users, policy = newest(jobs), _policy(cluster, namespace, wanted)
    if users is None or policy is None or not database_session.secret_of(users):
        repair = Target(stack).make("repair")
        used = f"the schema {schema}" if schema else "the database's shared schema (--schema is for another)"
        fail(
            f"{stack} has no Job {wanted} with its network policy: either no service uses {used}, "
            f"or `{repair}` brings them back"
        )
    return users, policy


def _cache_pod(cluster: Cluster, stack: str) -> SessionPod:
    """Return the pod of a session at the cache, by a service that uses it and that service's network policy."""
    namespace, image = stack_file.prefix(stack), stack_file.section(stack, "openmarket:database", DatabaseConfig).client
    user = cache_session.user_of_cache(cluster.objects(WORKLOADS, namespace))
    policy = _policy(cluster, namespace, name_of(user)) if user else None
    pod = cache_session.cache_pod(image, user, policy) if user and policy else None
    if pod is None or not pod.egress:
        repair = Target(stack).make("repair")
        fail(
            f"{stack} has no service that uses the cache, with its network policy: either no stanza has cache in "
            f"`uses`, or `{repair}` brings them back"
        )
    return pod


def _service_pod(cluster: Cluster, stack: str, service: str, as_service: bool) -> SessionPod:
    """Return the pod of a session at a service's place, by its workload and its network policy."""
    namespace = stack_file.prefix(stack)
    workload = newest(cluster.objects(WORKLOADS, namespace, shop.selector_of(service)))
    policy = _policy(cluster, namespace, service)
    if workload is None or policy is None:
        up, repair = Target(stack).make("up"), Target(stack).make("repair")
        fail(
            f"{stack} has no Deployment or CronJob {service} with its network policy: if {service} is new, `{up}` "
            f"brings them, otherwise `{repair}` brings them back"
        )
    return pod_session.service_pod(workload, policy, as_service)


def _policy(cluster: Cluster, namespace: str, name: str) -> Object | None:
    return next((each for each in cluster.objects([_POLICIES], namespace) if name_of(each) == name), None)


def _lines(pod: SessionPod, session: Session, reached: str, how: str, rights: str = _NO_PERMISSION) -> list[str]:
    return [
        f"starts a pod of {short(pod.container['image'])}, which {rights}",
        f"lets it reach {reached} and nothing else, by network policies of its own",
        how,
        f"deletes the pod and the policies with the end of the session, or after {session.minutes} min",
    ]
