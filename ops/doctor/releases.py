"""Helm releases that hang, and EKS add-ons that are degraded."""

from collections.abc import Iterator
from dataclasses import dataclass

from ops.doctor.commands import Commands
from ops.doctor.finding import Finding, Harm, Ref, Words
from ops.doctor.snapshot import Snapshot
from ops.objects import parts


@dataclass(frozen=True)
class PendingRelease:
    """Helm's record says that an operation on a release is under way; a killed one leaves that for ever."""

    release: str
    namespace: str
    record: str
    status: str

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"The Helm release {self.release} hangs in {self.status}, and the next deployment will refuse it"
        delete = commands.kubectl(f"-n {self.namespace} delete secret {self.record}")
        why = ("An operation on it was killed, or still runs.",)
        return Words(what, why, delete, "If no deployment runs, delete this one record, and no other")


@dataclass(frozen=True)
class DegradedAddon:
    """EKS says that an add-on is not healthy."""

    addon: str
    status: str
    issues: tuple[str, ...]

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"The EKS add-on {self.addon} is {self.status.lower().replace('_', ' ')}"
        pods = f"get pods -A -l 'app.kubernetes.io/name in ({self.addon})'"
        return Words(what, self.issues, commands.kubectl(pods))


_WORKING = {"ACTIVE", "CREATING", "UPDATING", "DELETING"}


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield a finding for each release that hangs, and each add-on that is not healthy."""
    for record in snapshot.helm:
        labels = record.get("labels", {})
        release, namespace = str(labels.get("name")), str(record["namespace"])
        cause = PendingRelease(release, namespace, str(record["name"]), str(labels.get("status")))
        yield Finding(Harm.BLOCKED, cause, Ref("Release", namespace, release))
    for name, addon in snapshot.addons.items():
        issues = parts(addon, "health", "issues")
        if addon.get("status") not in _WORKING or issues:
            said = tuple(f"{each.get('code')}: {each.get('message')}" for each in issues)
            cause = DegradedAddon(name, str(addon.get("status")), said)
            because = (Ref("Deployment", "kube-system", name), Ref("DaemonSet", "kube-system", name))
            yield Finding(Harm.LATER, cause, Ref("Addon", "", name), because)
