"""Changes of the shop's pods that somebody made by hand, and that the next deployment takes back."""

from collections.abc import Iterator
from dataclasses import dataclass

from ops.doctor.commands import Commands
from ops.doctor.finding import Finding, Harm, Ref, Words
from ops.doctor.pods import by_hand
from ops.doctor.services import DEPLOYMENT
from ops.doctor.snapshot import Snapshot
from ops.objects import is_true, part, parts

_FIELDS = ("image", "command", "args", "env", "startupProbe", "readinessProbe", "livenessProbe")
"""Fields of a container that people change in an incident. Requests and limits are written in more than one way."""


@dataclass(frozen=True)
class ChangedByHand:
    """Fields of a service's containers, such as `image`, are not what the last deployment sent."""

    service: str
    fields: tuple[str, ...]

    def words(self, commands: Commands) -> Words:
        """Say it."""
        what = f"Somebody has changed {', '.join(self.fields)} of {self.service} by hand"
        why = ("The next deployment that changes the same object takes it back, and so does a repair.",)
        key = f"`openmarket:services.{self.service}` in {commands.file}"
        return Words(what, why, commands.make("repair"), f"If it is to stay, put it into {key}", "takes it back")


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield a finding for each service that was changed and serves. Where its pods fail, their finding says it."""
    for each in snapshot.of_type(DEPLOYMENT):
        metadata = part(each.outputs, "metadata")
        ref = Ref("Deployment", str(metadata.get("namespace", "")), str(metadata.get("name", "")))
        if snapshot.get(ref) is None or not all(is_true(pod, "Ready") for pod in snapshot.pods_of(ref)):
            continue
        containers = [str(one.get("name")) for one in parts(each.inputs, "spec", "template", "spec", "containers")]
        changed = [name for name in _FIELDS if any(by_hand(snapshot, ref, one, name) for one in containers)]
        if changed:
            yield Finding(Harm.LATER, ChangedByHand(ref.name, tuple(changed)), ref)
