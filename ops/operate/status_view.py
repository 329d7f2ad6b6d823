"""Shows a stack's status on a terminal."""

from rich.table import Table
from rich.text import Text

from ops.deploy.summary import Target
from ops.operate.deployments import Deployment
from ops.operate.showing import age, console, in_columns, lasting, put, table
from ops.operate.status import ServiceStatus, Status

_DIGEST_LENGTH = 12


def show(status: Status) -> None:
    """Print the services, cron jobs and tasks, the nodes, the load balancer and the last deployment."""
    out = console()
    last = described(status.last) if status.last else "none"
    address = status.address or "none yet"
    facts = [("Load balancer", address), ("Hosts", ", ".join(status.hosts)), ("Last deployment", last)]
    if status.maintenance:
        facts.append(("Maintenance page", f"on {', '.join(status.maintenance)}"))
    put(out, _services(status))
    out.print()
    if status.runs:
        put(out, _runs(status))
        out.print()
    put(out, _nodes(status))
    out.print()
    put(out, in_columns(facts))
    if changed := [each.name for each in status.services if each.by_hand]:
        make = Target(status.stack).make
        out.print(
            f"\nThe image of {', '.join(changed)} is not that of the last deployment: somebody changed it by hand. "
            f"`{make('drift')}` says who; `{make('repair')}` takes it back.",
            soft_wrap=True, markup=False,
        )  # fmt: skip


def short(image: str) -> str:
    """Return an image without its registry, and with the beginning of a digest."""
    name, _, digest = image.partition("@sha256:")
    name = name.rpartition("/")[2]
    return f"{name}@{digest[:_DIGEST_LENGTH]}" if digest else name


def described(each: Deployment) -> str:
    """Return an operation in a sentence: what, when, how it ended, and from which commit."""
    took = f" in {lasting(each.seconds)}" if each.seconds is not None else ""
    commit = f", commit {each.revision}" if each.commit else ""
    return f"#{each.number} {each.kind} {each.result}{took}, {age(each.started)} ago{commit} ({each.message})"


def _services(status: Status) -> Table:
    found = table("Service", "Image", "Pods", "Range", ">Restarts", "Since", "Deployed by")
    for each in status.services:
        red = "bold red" if each.ready < each.desired else ""
        scale = f"{each.least} to {each.most}" if each.least is not None else ""
        restarts = f"{each.restarts} ({each.last_restart})" if each.last_restart else str(each.restarts)
        found.add_row(
            each.name, _image(each), Text(f"{each.ready}/{each.desired}", style=red), scale, restarts,
            each.rollout or (f"{age(each.since)} ago" if each.since else ""), _release(each),
        )  # fmt: skip
    return found


def _runs(status: Status) -> Table:
    found = table("Cron job or task", "Image", "Schedule", "Last run")
    for each in status.runs:
        last = f"{each.outcome}, {age(each.last)} ago" if each.last else "none yet"
        image = "placeholder: no image yet" if each.placeholder else short(each.image)
        red = "bold red" if each.outcome == "failed" else ""
        found.add_row(each.name, image, each.schedule or "when it is told to", Text(last, style=red))
    return found


def _image(each: ServiceStatus) -> str:
    if each.placeholder:
        return "placeholder: no image yet"
    return f"{short(each.image)} ({', '.join(each.tags)})" if each.tags else short(each.image)


def _release(each: ServiceStatus) -> str:
    if each.by_hand:
        return "by hand"
    if each.deployment is None:
        return "unknown"
    return f"#{each.deployment} {each.commit}".rstrip()


def _nodes(status: Status) -> Table:
    found = table("Node group", "Zone", "Nodes", "Type", "Capacity", "Kubelet")
    for each in status.nodes:
        ready = Text(f"{each.ready}/{each.total}", style="bold red" if each.ready < each.total else "")
        found.add_row(each.group, each.zone, ready, ", ".join(each.types), each.capacity, ", ".join(each.version))
    return found
