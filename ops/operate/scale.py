"""Changes the least number of pods of a service: through the stack file, or at once in the cluster."""

import json

from analysis import stack_file
from ops.caller import Caller
from ops.cluster import connected
from ops.deploy.summary import Target
from ops.errors import fail
from ops.objects import Object, count, name_of, parts
from ops.operate import shop
from ops.operate.acting import Act, Consent
from ops.operate.redeploying import set_in_stanza
from ops.operate.rollouts import wait
from ops.operate.shop import BadArgument

_KIND = "horizontalpodautoscalers.autoscaling"
_WHY = (
    "is the autoscaler's minimum: it adds pods up to {most} by load, and takes none below it; it decides by itself "
    "when fewer are enough, after five quiet minutes"
)


def scale(stack: str, service: str, pods: int, most: int | None, consent: Consent) -> None:
    """Set the autoscaler's minimum, and its maximum if there is one given, in the stack file, and deploy it.

    Raises:
        typer.Exit: It was declined or failed, and the reason has been printed.
        BadArgument: The number is above the maximum, or is what the file has.
        BadStack: The file would be invalid.
    """
    name = shop.service_of(stack, service, shop.RUNNING)
    stanza = shop.stanzas(stack)[name]
    before = {"replicas": stanza.get("replicas"), "maxReplicas": stanza.get("maxReplicas")}
    values = {"replicas": pods, "maxReplicas": before["maxReplicas"] if most is None else most}
    _check(name, pods, int(values["maxReplicas"] or 0))
    changed = {key: int(value or 0) for key, value in values.items() if value != before[key]}
    if not changed:
        raise BadArgument(
            f"{name} has replicas {pods} and maxReplicas {values['maxReplicas']} already in its stack file"
        )
    lines = [f"{pods} pods (now {before['replicas']}) {_WHY.format(most=values['maxReplicas'])}"]
    command = f"scale {name} {pods}" + (f" --max {most}" if most is not None else "")
    set_in_stanza(stack, name, changed, command, lines, consent)


def scale_now(stack: str, service: str, pods: int, most: int | None, seconds: float, consent: Consent) -> None:
    """Set them in the cluster, in seconds, and wait for the pods. The next deployment may take it back.

    Raises:
        typer.Exit: It was declined or failed, and the reason has been printed.
        BadArgument: The number is above the maximum, or is what the autoscaler has.
        ClusterError, BadStack, AwsError: As `shop.reporting_errors` reports them.
    """
    name, namespace = shop.service_of(stack, service, shop.RUNNING), stack_file.prefix(stack)
    with connected(stack) as cluster:
        scalers = cluster.objects([_KIND], namespace, shop.selector_of(name))
        if not scalers:
            fail(f"{name} has no autoscaler: `{Target(stack).make('repair')}` brings it back")
        scaler = scalers[0]
        least_now, most_now = count(scaler, "spec", "minReplicas"), count(scaler, "spec", "maxReplicas")
        wanted = most_now if most is None else most
        _check(name, pods, wanted)
        if shop.stanzas(stack)[name].get("volume") and (pods, wanted) != (1, 1):
            raise BadArgument(f"{name} has a volume, which one pod at a time can have: it stays at 1")
        if (pods, wanted) == (least_now, most_now):
            raise BadArgument(f"the autoscaler of {name} has {pods} to {wanted} pods already")
        kind, changed, keys = _changed(scaler)
        lines = [
            f"sets {changed} in the cluster to {pods} to {wanted} pods (now {least_now} to {most_now})",
            f"{pods} pods {_WHY.format(most=wanted)}",
            _until(stack, name),
        ]
        patch = json.dumps({"spec": dict(zip(keys, (pods, wanted), strict=True))})

        def do(_: Caller) -> str:
            words = ("--namespace", namespace, "--type", "merge", "--patch", patch)
            cluster.run("patch", kind, changed, *words)
            ready = wait(cluster, stack, name, seconds, least=pods)
            return f"{name} has at least {pods} pods: {ready}. It {_until(stack, name)}."

        command = f"scale {name} {pods} --now" + (f" --max {most}" if most is not None else "")
        Act(stack, command, lines).perform(consent, do)


def _changed(scaler: Object) -> tuple[str, str, tuple[str, str]]:
    """Return kind and name of what an autoscaler's limits come from, and the keys of both: KEDA takes others back."""
    for owner in parts(scaler, "metadata", "ownerReferences"):
        if owner.get("kind") == "ScaledObject":
            return "scaledobjects.keda.sh", str(owner["name"]), ("minReplicaCount", "maxReplicaCount")
    return _KIND, name_of(scaler), ("minReplicas", "maxReplicas")


def _check(service: str, pods: int, most: int) -> None:
    if pods > most:
        raise BadArgument(
            f"{service} may have {most} pods at most: give a number up to that, or --max with a higher one"
        )


def _until(stack: str, service: str) -> str:
    make = Target(stack).make
    return (
        f"lasts until `{make('repair')}`, a deployment that compares first (REFRESH=yes, as the workflows do), or one "
        f"that changes the autoscaler; `{make('drift')}` lists it. To keep it: the same command without --now"
    )
