"""Jobs that failed: those on which a deployment depends, and runs of cron jobs and tasks."""

from collections.abc import Iterator
from dataclasses import dataclass

from ops.doctor.commands import Commands
from ops.doctor.finding import Finding, Harm, Ref, Words
from ops.doctor.objects import owner, parsed, ref_of
from ops.doctor.pods import role_of
from ops.doctor.snapshot import Snapshot
from ops.objects import Object, condition, container_statuses, exit_code, is_true

_NAME = "app.kubernetes.io/name"


@dataclass(frozen=True)
class _Failed:
    """A Job has failed. `log` are the last lines of its last pod, which ended with the exit code; 0 if none ran."""

    name: str
    job: Ref
    reason: str
    message: str
    exit_code: int
    log: tuple[str, ...]

    @property
    def why(self) -> tuple[str, ...]:
        """What Kubernetes and the log say of it."""
        ended = f"Its container ended with exit code {self.exit_code}." if self.exit_code else ""
        return (*filter(None, (f"{self.reason}: {self.message}", ended)), *self.log)

    def logs(self, commands: Commands) -> str:
        """Return the command that shows the whole log."""
        return commands.kubectl(f"-n {self.job.namespace} logs job/{self.job.name} --all-containers")


@dataclass(frozen=True)
class FailedJob(_Failed):
    """A Job on which a deployment depends has failed."""

    def words(self, commands: Commands) -> Words:
        """Say it."""
        words = {
            "database-users": "The Job that makes the database's users has failed",
        }
        what = words.get(self.name, f"The Job {self.name} has failed")
        why, text = self.why, " ".join(self.log)
        again = commands.make("up")
        if "ERROR 1045" in text:
            return Words(what, why, again, "The database refuses the password: rotate it (docs/runbook.md)")
        if self.reason == "DeadlineExceeded" or "accepts no connection" in text or "ERROR 2003" in text:
            return Words(what, why, again, "The database did not answer in time; where it does now")
        note = f"Correct what its log says, then `{again}`, which runs it again"
        return Words(what, why, self.logs(commands), note)


@dataclass(frozen=True)
class FailedRun(_Failed):
    """A run of a cron job or a task has failed, and none has succeeded since."""

    def words(self, commands: Commands) -> Words:
        """Say it."""
        again = commands.ops(f"run {self.name} --stack {commands.stack}")
        note = f"Correct what its log says, then `{again}`"
        return Words(f"The last run of {self.name} has failed", self.why, self.logs(commands), note)


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield a finding for each Job of the shop that failed, unless a later one of the same name has succeeded.

    Of a cron job or a task, whose failed runs are kept, only the last is told.
    """
    jobs = snapshot.of_kind("Job", snapshot.namespace)
    for job in jobs:
        failed = condition(job, "Failed")
        if failed.get("status") != "True" or _superseded(job, jobs):
            continue
        ref = ref_of(job)
        pods = [pod for pod in snapshot.of_kind("Pod", ref.namespace) if owner(pod) == ref]
        last = max(pods, key=lambda pod: str(pod["metadata"].get("creationTimestamp")), default=None)
        code = _exit_code(last) if last else 0
        log = snapshot.logs.get(ref_of(last), ()) if last else ()
        told = (_name(job), ref, str(failed.get("reason")), str(failed.get("message")), code, log)
        role = role_of(snapshot, last) if last else ""
        needs = (Ref("Role", "", role),) if role else ()
        harm, cause = (Harm.LATER, FailedRun) if owner(job).kind == "CronJob" else (Harm.BLOCKED, FailedJob)
        yield Finding(harm, cause(*told), ref, needs)


def _name(job: Object) -> str:
    labels = job["spec"]["template"]["metadata"].get("labels", {})
    return str(labels.get(_NAME) or job["metadata"]["name"])


def _superseded(job: Object, jobs: list[Object]) -> bool:
    """Return whether a newer Job of the same purpose has succeeded, or says of the same cron job how it failed last."""
    made = parsed(job["metadata"]["creationTimestamp"])
    return any(
        _name(other) == _name(job)
        and (is_true(other, "Complete") or (owner(job).kind == "CronJob" and is_true(other, "Failed")))
        and parsed(other["metadata"]["creationTimestamp"]) > made
        for other in jobs
    )


def _exit_code(pod: Object) -> int:
    return next((code for each in container_statuses(pod) if (code := exit_code(each))), 0)
