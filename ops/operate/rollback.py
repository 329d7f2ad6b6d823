"""Brings a service back to an earlier release, through the stack file and a deployment."""

from collections.abc import Sequence

from analysis import stack_file
from ops import aws, deployed
from ops.objects import value
from ops.operate import shop
from ops.operate.acting import Consent
from ops.operate.deployments import Release, deployments, releases
from ops.operate.redeploying import set_in_stanza
from ops.operate.shop import BadArgument
from ops.operate.showing import age
from ops.operate.status_view import short

_SHOWN = 8
"""Releases that an error lists."""


def rollback(stack: str, service: str, to: str, consent: Consent) -> None:
    """Give the service the image of an earlier release, and deploy it.

    `to` is the number of a deployment, or the beginning of a commit, a digest or a tag; empty for the release before.

    Raises:
        typer.Exit: It was declined or failed, and the reason has been printed.
        NotDeployed: The stack is not deployed.
        BadArgument: There is no such release, the service runs the image of another one, or the registry does not have
            its image any more.
        BadHistory, BadStack, AwsError: As `shop.reporting_errors` reports them.
    """
    name = shop.service_of(stack, service)
    deployed.check_resources(stack)
    stanza = shop.stanzas(stack)[name]
    if owner := stanza.get("imageOf"):
        raise BadArgument(f"{name} runs the image of {owner}, and follows it: roll {owner} back")
    now = str(stanza.get("image") or "")
    found = [each for each in releases(deployments(stack), name) if each.image]
    chosen = _chosen(name, now, found, to)
    lines = [
        f"brings {name} back to {short(chosen.image)}, deployed by #{chosen.first.number} {age(chosen.first.started)} "
        f"ago from commit {chosen.first.revision or 'unknown'}, in place of {short(now) or 'the placeholder'}",
        _in_registry(stack, chosen.image),
    ]
    if value(dict(stanza), "migration", "command"):
        lines.append(
            "runs that release's migration again; what later migrations changed in the schema stays, so it has to work "
            "with the older release"
        )
    command = f"rollback {name} --to {chosen.first.number}"
    set_in_stanza(stack, name, {"image": chosen.image}, command, lines, consent)


def _chosen(service: str, now: str, found: Sequence[Release], to: str) -> Release:
    """Return the release that is meant; `now` is the image of the stack file."""
    others = [each for each in found if each.image != now]
    if not to:
        if not others:
            raise BadArgument(f"{service} has no release before this one: {_listed(found)}")
        return others[0]
    chosen = next((each for each in found if _is_meant(each, to.removeprefix("#"))), None)
    if chosen is None:
        raise BadArgument(f"{service} has no release {to!r}: {_listed(found)}")
    if chosen.image == now:
        raise BadArgument(f"{service} has {short(now)} already in its stack file: `--to` names another release")
    return chosen


def _is_meant(each: Release, to: str) -> bool:
    if to.isdecimal() and each.first.number <= int(to) <= each.last.number:
        return True
    name, _, digest = each.image.partition("@sha256:")
    tag = name.rpartition("/")[2].partition(":")[2]
    # Seven characters are what git shows of a commit: fewer may be anything.
    return to == tag or (len(to) >= 7 and (each.first.commit.startswith(to) or digest.startswith(to)))


def _listed(found: Sequence[Release]) -> str:
    if not found:
        return "the history has no deployment of an image"
    told = [f"#{each.first.number} {short(each.image)}" for each in found[:_SHOWN]]
    more = f", and {len(found) - _SHOWN} older ones" if len(found) > _SHOWN else ""
    return f"the history has {', '.join(told)}{more}"


def _in_registry(stack: str, image: str) -> str:
    """Return a sentence about the image in the registry, which deletes old ones.

    Raises:
        BadArgument: It is not there any more.
    """
    name, _, digest = image.partition("@")
    host, _, repository = name.partition("/")
    repository, _, tag = repository.partition(":")
    if ".dkr.ecr." not in host:
        return f"takes the image from {host}, which is not asked whether it still has it"
    reference = f"imageDigest={digest}" if digest else f"imageTag={tag}"
    words = ("ecr", "describe-images", "--repository-name", repository, "--image-ids", reference)
    try:
        aws.ask(stack_file.region(stack), *words)
    except aws.AwsError as error:
        if "ImageNotFoundException" in str(error) or "RepositoryNotFoundException" in str(error):
            raise BadArgument(f"the registry does not have {short(image)} any more: build it again") from None
        return f"could not look whether the registry still has the image ({str(error).splitlines()[-1]})"
    return "takes the image from the registry, which still has it"
