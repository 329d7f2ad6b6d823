"""What may be wrong with a pod, as data, with the words for it."""

from dataclasses import dataclass

from analysis import stack_file
from ops.doctor.commands import Commands
from ops.doctor.finding import Ref, Words


def undo(commands: Commands, workload: Ref) -> str:
    """Return the command that takes the last change of a workload's pods back."""
    return commands.kubectl(f"-n {workload.namespace} rollout undo {workload.kind.lower()}/{workload.name}")


def _of_addon(commands: Commands, workload: Ref) -> bool:
    """True for what is no service of the shop, and so has no key in the stack's file."""
    return workload.namespace != stack_file.prefix(commands.stack)


@dataclass(frozen=True)
class MissingImage:
    """A container's image cannot be pulled. `by_hand` if the image is not the one of the last deployment."""

    workload: Ref
    container: str
    image: str
    message: str
    by_hand: bool

    def words(self, commands: Commands) -> Words:
        """Say it."""
        name = self.workload.name
        if "not found" in self.message.lower() or "notfound" in self.message.lower():
            what = f"The image of {name} does not exist"
        elif any(word in self.message.lower() for word in ("denied", "unauthorized", "no basic auth", "403")):
            what = f"The nodes may not pull the image of {name}"
        else:
            what = f"The image of {name} cannot be pulled"
        why = (self.message,) if self.image in self.message else (self.image, self.message)
        if self.by_hand:
            why = (*why, "The last deployment had another image: somebody has changed it since.")
            return Words(what, why, undo(commands, self.workload))
        if _of_addon(commands, self.workload):
            described = f"-n {self.workload.namespace} describe {self.workload.kind.lower()} {name}"
            return Words(what, why, commands.kubectl(described))
        key = f"`openmarket:services.{name}.image` in {commands.file}"
        images = commands.make("images").replace("images", f"images SERVICES={name}", 1)
        return Words(what, why, images, f"Put an image that exists into {key}, or build and push it")


@dataclass(frozen=True)
class MissingConfiguration:
    """A container needs a Secret, a ConfigMap or a key of one that does not exist."""

    workload: Ref
    message: str

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"Pods of {self.workload.name} cannot start: {self.message}"
        return Words(what, (), commands.make("repair"), note="creates what the program has and the cluster has not")


@dataclass(frozen=True)
class FailingProbe:
    """A probe fails. `path` is empty unless it is one of HTTP; `by_hand` if the last deployment had another probe."""

    workload: Ref
    probe: str
    path: str
    port: str
    message: str
    by_hand: bool

    def words(self, commands: Commands) -> Words:
        """Say it."""
        name = self.workload.name
        why = (self.message,)
        if "statuscode: 404" in self.message:
            what = f"The {self.probe} probe of {name} asks for {self.path}, which {name} does not have"
        elif "refused" in self.message:
            what = f"Nothing listens at port {self.port} of {name}, where its {self.probe} probe asks"
        else:
            what = f"The {self.probe} probe of {name} fails"
        if self.by_hand:
            why = (*why, "The last deployment had another probe: somebody has changed it since.")
            return Words(what, why, undo(commands, self.workload))
        if "statuscode: 404" in self.message and not _of_addon(commands, self.workload):
            key = f"`openmarket:services.{name}.health.{self.probe}` in {commands.file}"
            return Words(what, why, commands.make("up"), f"Correct {key}")
        logs = commands.kubectl(f"-n {self.workload.namespace} logs {self.workload.kind.lower()}/{name} --tail=50")
        return Words(what, why, logs)


@dataclass(frozen=True)
class Crash:
    """A container ends again and again. `log` are its last lines."""

    workload: Ref
    pod: str
    container: str
    exit_code: int
    reason: str
    log: tuple[str, ...]

    def words(self, commands: Commands) -> Words:
        """Say it."""
        name, killed = self.workload.name, self.reason == "OOMKilled"
        code = f" with exit code {self.exit_code}" if self.exit_code else ""
        what = f"{name} crashes again and again{code}"
        if killed:
            what = f"{name} needs more memory than its limit, and is killed"
        if killed and not _of_addon(commands, self.workload):
            key = f"`openmarket:services.{name}.memory` in {commands.file}"
            return Words(what, self.log, commands.make("up"), f"Raise {key}")
        shown = f"-n {self.workload.namespace} logs {self.pod} -c {self.container} --previous"
        return Words(what, self.log, commands.kubectl(shown))


@dataclass(frozen=True)
class UnhealthyTarget:
    """The load balancer sends nothing to pods that are ready themselves. Without a reason it has not looked at them."""

    workload: Ref
    reason: str
    message: str

    def words(self, commands: Commands) -> Words:
        """Say it."""
        name = self.workload.name
        if not self.reason:
            what = f"The load balancer does not know the pods of {name}"
            logs = commands.kubectl("-n kube-system logs deployment/aws-load-balancer-controller --tail=20")
            return Words(what, ("The load balancer controller has not set their readiness gate.",), logs)
        what = f"The load balancer gets no good answer from the pods of {name}"
        why = tuple(part for part in (self.reason, self.message) if part)
        if "no rule" in self.message or "Timeout" in self.reason:
            return Words(what, why, commands.make("repair"), note="restores the rules of the security groups")
        return Words(what, why, commands.kubectl(f"-n {self.workload.namespace} logs deployment/{name} --tail=50"))
