"""Runs a task, or a cron job now, as a Job of the release that is deployed, and waits for it."""

import json
import shlex
from collections.abc import Sequence

from analysis import stack_file
from components.config.services import PLACEHOLDER_IMAGE
from ops.caller import Caller
from ops.cluster import Cluster, ClusterError, connected
from ops.errors import fail
from ops.objects import Object, name_of, part, parts, value
from ops.operate import shop
from ops.operate.acting import Act, Consent
from ops.operate.runs import active, await_end, job_from
from ops.operate.shop import BadArgument
from ops.operate.status_view import short

_CRON_JOBS = "cronjobs.batch"


def run(stack: str, task: str, arguments: Sequence[str], seconds: int, consent: Consent) -> None:
    """Run it once, with these arguments instead of the stanza's if there are any, and wait for its end.

    Args:
        stack: Name of the stack.
        task: The name of a service of kind task or cronJob, or the first part of it.
        arguments: Arguments of the image's entrypoint or of the stanza's command. No shell reads them.
        seconds: How long to wait; 0 for as long as the run may take.
        consent: Leave to act.

    Raises:
        typer.Exit: It was declined or failed, or the run did, and the reason has been printed.
        BadArgument: There is no such task, or a run of it goes on.
        ClusterError, BadStack, AwsError: As `shop.reporting_errors` reports them.
    """
    name, namespace = shop.service_of(stack, task, shop.RUN), stack_file.prefix(stack)
    with connected(stack) as cluster:
        found = cluster.objects([_CRON_JOBS], namespace, shop.selector_of(name))
        if not found:
            fail(f"{name} is not deployed yet: `make up STACK={stack}` brings it")
        cron_job = found[0]
        _check(cluster, namespace, name, cron_job, arguments)
        job = job_from(cron_job, arguments)
        patience = seconds or int(job["spec"]["activeDeadlineSeconds"])
        command = shlex.join(["run", name, *(["--", *arguments] if arguments else [])])

        def do(_: Caller) -> str:
            created = json.loads(cluster.run("create", "--filename", "-", "--output", "json", text=json.dumps(job)))
            _reserve(cluster, namespace, cron_job, created)
            return await_end(cluster, namespace, created, patience)

        Act(stack, command, list(_lines(name, cron_job, job, arguments))).perform(consent, do)


def _check(cluster: Cluster, namespace: str, name: str, cron_job: Object, arguments: Sequence[str]) -> None:
    if arguments and _container(part(cron_job, "spec", "jobTemplate"))["image"] == PLACEHOLDER_IMAGE:
        raise BadArgument(f"{name} has no image yet, and its placeholder takes no arguments")
    going = active(cluster.objects(["jobs.batch"], namespace, shop.selector_of(name)))
    if going and value(cron_job, "spec", "concurrencyPolicy") != "Allow":
        job = name_of(going[0])
        raise BadArgument(
            f"{name} runs already, as {job}, and may run once at a time: wait for its end, or end it with "
            f"`kubectl --namespace {namespace} delete job {job}`"
        )


def _lines(name: str, cron_job: Object, job: Object, arguments: Sequence[str]) -> Sequence[str]:
    container = _container(job)
    words: list[str] = [*(container.get("command") or ["<entrypoint>"]), *(container.get("args") or [])]
    given = "these arguments" if arguments else "the arguments of its stanza"
    limit, retries = job["spec"]["activeDeadlineSeconds"], job["spec"]["backoffLimit"]
    lines = [
        f"runs {name} once, with {given}: {shlex.join(words)}",
        f"as {short(container['image'])}, with the role, the Secrets and the network policy of the deployed release",
        f"ends it after {limit} s at the latest, and tries a failed attempt {retries} more times",
    ]
    spec = part(cron_job, "spec")
    if not spec.get("suspend"):
        met = {"Replace": "ends this run", "Allow": "runs beside it"}.get(spec["concurrencyPolicy"], "is left out")
        lines.append(f"if its schedule ({spec['schedule']} {spec.get('timeZone', '')}) comes meanwhile, that {met}")
    return lines


def _container(job: Object) -> Object:
    return parts(job, "spec", "template", "spec", "containers")[0]


def _reserve(cluster: Cluster, namespace: str, cron_job: Object, job: Object) -> None:
    """Let the schedule know of the run: the controller counts those that the CronJob's status names."""
    if part(cron_job, "spec").get("suspend") or value(cron_job, "spec", "concurrencyPolicy") == "Allow":
        return
    reference = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "name": name_of(job),
        "namespace": namespace,
        "uid": job["metadata"]["uid"],
    }
    patch = json.dumps({"status": {"active": [reference]}})
    words = ("--namespace", namespace, "--subresource", "status", "--type", "merge", "--patch", patch)
    try:
        cluster.run("patch", _CRON_JOBS, name_of(cron_job), *words)
    except ClusterError as error:
        print(f"the schedule does not know of this run, and may begin another one beside it: {error}", flush=True)
