"""Puts the maintenance page in the shop's place, and takes it away, through the stack file and a deployment."""

from collections.abc import Mapping, Sequence
from typing import Any

from analysis import stack_file
from components.config.edge import IngressConfig
from components.config.maintenance import MaintenanceConfig
from ops.caller import Caller
from ops.deploy.summary import Target
from ops.operate import redeploying
from ops.operate.acting import Act, Consent
from ops.operate.shop import BadArgument
from ops.stack_editing import file_of

SECTION, KEY = "openmarket:ingress", "maintenance"


def switch(stack: str, on: bool, given: Mapping[str, Any], consent: Consent) -> None:
    """Switch the maintenance page in the stack file, and deploy it.

    `given` are keys of the section that change with it: `message`, `hosts`, `allowedCidrs`.

    Raises:
        typer.Exit: It was declined or failed, and the reason has been printed.
        BadArgument: The file says that already, or a host is none of the shop's.
        BadStack: The values are invalid; the message lists every problem.
    """
    section: Mapping[str, Any] = stack_file.settings(stack).get(SECTION) or {}
    now: Mapping[str, Any] = section.get(KEY) or {}
    # A page that the file says nothing about is off.
    before = {"enabled": False, **now}
    values = {key: value for key, value in {"enabled": on, **given}.items() if value != before.get(key)}
    word, file = "on" if on else "off", file_of(stack).name
    services: Mapping[str, Mapping[str, Any]] = stack_file.settings(stack).get(stack_file.SERVICES) or {}
    known = [*(host for each in services.values() for host in each.get("hosts", ())), *section.get("redirects", ())]
    if strange := [host for host in given.get("hosts", ()) if host not in known]:
        raise BadArgument(f"--host {', --host '.join(strange)}: the shop's hosts are {', '.join(known)}")
    if not values:
        make = Target(stack).make("up")
        raise BadArgument(f"the maintenance page is {word} in {file} already: `{make}` deploys what the file says")
    where, changes, model = (SECTION, KEY), values, MaintenanceConfig
    if not now:
        where, changes, model = (SECTION,), {KEY: values}, IngressConfig
    command = " ".join([KEY, word, *_options(given)])
    with redeploying.edited(stack, where, changes, lambda: stack_file.section(stack, ".".join(where), model)) as edit:
        lines = _lines(stack_file.section(stack, f"{SECTION}.{KEY}", MaintenanceConfig), on)
        said = [
            *lines,
            f"sets {', '.join(values)} of {SECTION}.{KEY} in {file}, and deploys it with whatever else waits there",
        ]

        def do(who: Caller) -> str:
            redeploying.deployed(stack, f"{file} keeps the switch until you take it back", command, who)
            return f"The maintenance page is {word}. Commit {file}, or a deployment from elsewhere takes it back."

        redeploying.perform(edit, Act(stack, command, said), consent, do)


def _lines(config: MaintenanceConfig, on: bool) -> Sequence[str]:
    where = ", ".join(config.hosts) or "all hosts"
    if not on:
        return [f"has the load balancer serve {where} again; the pods were never away"]
    through = ", ".join(map(str, config.allowed_cidrs))
    whom = f"everybody but {through}" if through else "everybody"
    return [
        f"has the load balancer answer {whom} with 503 and the maintenance page, on {where}",
        f"says: {config.message}",
        "leaves the pods and their Jobs running; the CDN goes on serving images",
    ]


def _options(given: Mapping[str, Any]) -> Sequence[str]:
    """Return the options that were given, for the audit line."""
    names = {"hosts": "--host", "allowedCidrs": "--allow"}
    found = [f"{names[key]} {each}" for key in names for each in given.get(key, ())]
    return [*found, "--message ..."] if "message" in given else found
